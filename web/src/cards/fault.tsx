/** A declared fault: every ship near in place and time, ranked, with what speaks for and against each. */

import { useState } from "preact/hooks";
import type { Candidate, Fault } from "../model/nouns";
import { watersText } from "../queue/line";
import { clock, distance, frequency, knots, metres, relative, stamp } from "../ui/format";
import { Fact, Section, Simulated } from "../ui/parts";
import { Ahead } from "./ahead";
import { ForAndAgainst } from "./reasons";
import { Script } from "./script";

export function CandidateRow({
  candidate,
  at,
  open,
  onToggle,
  onShip,
  onAsset,
}: {
  candidate: Candidate;
  at: number;
  open: boolean;
  onToggle(): void;
  onShip(mmsi: number): void;
  onAsset(id: string): void;
}) {
  const { ship } = candidate;
  const speeds = [candidate.speed_before_kn, candidate.speed_at_kn, candidate.speed_after_kn];
  return (
    <li
      class={`candidate${open ? " open" : ""}${ship ? "" : " nobody"}`}
      data-candidate={ship?.mmsi ?? "nobody"}
    >
      <button type="button" class="candidate-head" aria-expanded={open} onClick={onToggle}>
        <span class="rank num">{candidate.rank}</span>
        <span class="candidate-who">
          <strong>{ship ? ship.name || `MMSI ${ship.mmsi}` : "A ship nobody saw"}</strong>{" "}
          {ship?.simulated && <Simulated />}
          <span class="quiet num">
            {ship
              ? [
                  candidate.crossed_t ? clock(candidate.crossed_t) : "",
                  candidate.distance_m == null
                    ? ""
                    : distance(candidate.distance_m) +
                      (candidate.distance_sigma_m ? ` ± ${metres(candidate.distance_sigma_m)}` : ""),
                  candidate.kp_km == null ? "" : `KP ${candidate.kp_km.toFixed(1)}`,
                ]
                  .filter(Boolean)
                  .join(" · ")
              : "no AIS, or out of reach of every receiver"}
          </span>
        </span>
        <span class="candidate-chance">
          <span class="num">{frequency(candidate.chance)}</span>
          <span class="bar" aria-hidden="true">
            <i style={{ width: `${Math.max(1, candidate.chance * 100)}%` }} />
          </span>
        </span>
      </button>
      {open && (
        <div class="candidate-body">
          {speeds.some((s) => s != null) && (
            <dl class="facts">
              <Fact name="Speed before">{knots(speeds[0])}</Fact>
              <Fact name="At the asset">{knots(speeds[1])}</Fact>
              <Fact name="After">{knots(speeds[2])}</Fact>
            </dl>
          )}
          <ForAndAgainst
            speaksFor={candidate.speaks_for ?? []}
            against={candidate.speaks_against ?? []}
            at={at}
          />
          {ship && (
            <>
              <p class="quiet">
                Waters: {watersText(candidate.waters)}
                {candidate.last_t != null && (
                  <>
                    {" "}
                    · last heard {clock(candidate.last_t)}, {relative(candidate.last_t, at)}
                  </>
                )}
              </p>
              <h4>Assets ahead of her</h4>
              <Ahead ahead={candidate.ahead ?? []} onAsset={onAsset} />
              {candidate.script && <Script title="radio script" text={candidate.script} />}
              <button type="button" class="button small" onClick={() => onShip(ship.mmsi)}>
                Open ship card
              </button>
            </>
          )}
        </div>
      )}
    </li>
  );
}

export function FaultView({
  fault,
  at,
  onShip,
  onAsset,
  onClear,
}: {
  fault: Fault;
  at: number;
  onShip(mmsi: number): void;
  onAsset(id: string): void;
  onClear(): void;
}) {
  const candidates = [...(fault.candidates ?? [])].sort((a, b) => a.rank - b.rank);
  const [open, setOpen] = useState((candidates.find((c) => c.ship) ?? candidates[0])?.rank ?? 1);
  const [all, setAll] = useState(false);
  const shown = all ? candidates : candidates.filter((c, i) => i < 8 || !c.ship);
  return (
    <article class="fault" aria-label={`Fault on ${fault.asset.name}`}>
      {fault.exercise && (
        <p class="simulated-banner">
          <strong>EXERCISE</strong>
        </p>
      )}
      <dl class="facts">
        <Fact name="Asset">
          <button type="button" class="link" onClick={() => onAsset(fault.asset.id)}>
            {fault.asset.name}
          </button>
        </Fact>
        <Fact name="KP">
          {fault.kp_from_km == null
            ? "anywhere along it"
            : `${fault.kp_from_km}–${fault.kp_to_km ?? "end"} km`}
        </Fact>
        <Fact name="Between">
          {stamp(fault.from_t)}
          {fault.to_t ? ` and ${stamp(fault.to_t)}` : " and now"}
        </Fact>
        <Fact name="Told">
          {clock(fault.declared_t)} by {fault.actor || "operator"}
        </Fact>
        <Fact name="State">
          {fault.state === "cleared" ? "cleared" : "open: thresholds near it are lowered"}
        </Fact>
      </dl>
      {fault.note && <p>“{fault.note}”</p>}
      <Section
        title="Who could have done it"
        aside={
          <span class="quiet">
            <span class="num">{fault.ships_considered ?? candidates.length}</span> ships considered
          </span>
        }
      >
        <p class="quiet">
          Chances are shares of one whole, a ship nobody saw included. They rank whom to ask first; they
          accuse nobody.
        </p>
        {fault.blind && (
          <p class="blind">
            <strong>Blind:</strong> {fault.blind}
          </p>
        )}
        {candidates.length ? (
          <ol class="candidates">
            {shown.map((candidate) => (
              <CandidateRow
                key={candidate.rank}
                candidate={candidate}
                at={at}
                open={open === candidate.rank}
                onToggle={() => setOpen(open === candidate.rank ? 0 : candidate.rank)}
                onShip={onShip}
                onAsset={onAsset}
              />
            ))}
          </ol>
        ) : (
          <p class="empty">
            No ship was near in place and time. Widen the times or the KP range, and ask for radar.
          </p>
        )}
        {shown.length < candidates.length && (
          <button type="button" class="button small" onClick={() => setAll(true)}>
            Show all {candidates.length}
          </button>
        )}
      </Section>
      {fault.state !== "cleared" && (
        <button type="button" class="button below" onClick={onClear}>
          Clear this fault
        </button>
      )}
    </article>
  );
}
