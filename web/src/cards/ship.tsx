/** The ship card: who is it, what is seen, why it matters, what else could it be, what to do now. */

import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { Api } from "../live/api";
import { nextOf, type Row, riskOf } from "../live/cases";
import type { ShipCard, TrackColumns } from "../model/answers";
import type { Alert, Finding, Reason } from "../model/nouns";
import { assetsText, passedText, shipName, watersText, what } from "../queue/line";
import {
  clock,
  clockSeconds,
  degrees,
  frequency,
  knots,
  metres,
  place,
  relative,
  span,
  spread,
} from "../ui/format";
import { Fact, Section, When } from "../ui/parts";
import { TIER_MEANS, TierWord } from "../ui/tier";
import type { Tokens } from "../ui/tokens";
import { Ahead } from "./ahead";
import { Charts } from "./charts";
import { Dossier } from "./dossier";
import { heldExpectation } from "./expected";
import { FindingItem } from "./findings";
import { ForAndAgainst } from "./reasons";
import { Script } from "./script";
import { SeenOnHer } from "./seen";

export interface ShipProps {
  card: ShipCard;
  track: TrackColumns | null;
  alert: Alert | null;
  at: number;
  tokens: Tokens;
  stretch: [number, number] | null;
  ackedBy?: string;
  onStretch(stretch: [number, number]): void;
  onTime(t: number): void;
  onAsset(id: string): void;
  /** The alerts of the case that this one is of. */
  held?: ComponentChildren;
  /** Her other cases, and how to turn to one of them. */
  others?: Row[];
  onCase?(row: Row): void;
  /** What is done about the alert. */
  work?: ComponentChildren;
  /** Asks for the whole dossier. */
  onDossier?: Api["dossier"];
}

/** Benign explanations of all findings, each once. */
export function otherwise(findings: Finding[]): Reason[] {
  const seen = new Map<string, Reason>();
  for (const finding of findings) for (const reason of finding.benign ?? []) seen.set(reason.text, reason);
  return [...seen.values()];
}

const SPEED_MEANS =
  "The reported speed is doubted: the way that she made does not bear it out. The speed of the way is shown.";

/** A speed; where the reported one is doubted, that of the way made, and what was reported. */
export function Speed({ shown, told }: { shown?: number | null; told?: number | null }) {
  if (told == null) return <>{knots(shown)}</>;
  return (
    <span title={SPEED_MEANS}>
      {knots(shown)}{" "}
      <span class="quiet">
        {shown == null ? "" : "of the way made; "}reported {knots(told)}, doubted
      </span>
    </span>
  );
}

export function RawPositions({ track }: { track: TrackColumns }) {
  const rows = track.t
    .map((_, i) => i)
    .reverse()
    .slice(0, 60);
  return (
    <details class="fold">
      <summary>
        Raw positions <span class="count num">{track.t.length}</span>
      </summary>
      <div class="scroll">
        <table class="table num">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Place</th>
              <th scope="col" class="right">
                kn
              </th>
              <th scope="col" class="right">
                Course
              </th>
              <th scope="col" class="right">
                Depth, m
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((i) => (
              <tr key={track.t[i]} class={track.trust[i] ? "doubted" : ""}>
                <td>{clockSeconds(track.t[i]!)}</td>
                <td>{place(track.lat[i]!, track.lon[i]!)}</td>
                <td class="right">
                  {track.sog_kn[i]?.toFixed(1) ?? "–"}
                  {track.told_sog_kn?.[i] != null && (
                    <span class="quiet" title={SPEED_MEANS}>
                      {" "}
                      not {track.told_sog_kn[i].toFixed(1)}
                    </span>
                  )}
                </td>
                <td class="right">{track.cog_deg[i] == null ? "–" : degrees(track.cog_deg[i])}</td>
                <td class="right">{track.depth_m[i] == null ? "–" : Math.round(track.depth_m[i]!)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {track.t.length > rows.length && (
        <p class="quiet">
          The newest {rows.length} of {track.t.length}.
        </p>
      )}
    </details>
  );
}

export function ShipView(props: ShipProps) {
  const { card, track, alert, at, tokens, ackedBy } = props;
  const { ship, position } = card;
  const name = shipName(card);
  const ahead = alert?.ahead?.length ? alert.ahead : card.ahead;
  const next = nextOf(ahead, alert?.ahead?.length ? alert.updated_t : at, at, alert?.asset.id);
  const reasons = alert?.reasons?.length ? alert.reasons : card.reasons;
  const against = alert?.counter_reasons?.length ? alert.counter_reasons : card.counter_reasons;
  const other = otherwise(card.findings);
  const findings = [...card.findings].sort((a, b) => b.start_t - a.start_t);
  const passages = findings.filter((f) => f.kind === "crossing" || f.kind === "approach");
  const seen = findings.filter((f) => !passages.includes(f));
  const charted = useMemo(() => track && heldExpectation(track, card.findings), [track, card.findings]);
  const list = (shown: Finding[]) => (
    <ul class="findings">
      {shown.map((finding) => (
        <FindingItem
          key={finding.id}
          finding={finding}
          at={at}
          onStretch={(f) => props.onStretch([f.start_t, f.end_t ?? at])}
        />
      ))}
    </ul>
  );
  const simulated = ship.simulated || alert?.simulated;
  return (
    <article class="ship" aria-label={`Ship ${name}`}>
      {alert?.exercise || ship.name?.startsWith("EXERCISE ") ? (
        <p class="simulated-banner">
          <strong>EXERCISE</strong> This ship does not exist. Work on her as on a real one; call nobody
          outside the drill.
        </p>
      ) : (
        simulated && (
          <p class="simulated-banner">
            <strong>SIMULATED</strong> This ship does not exist. Call nobody.
          </p>
        )
      )}
      {alert && (
        <div class={`alert-head tier-bg-${alert.tier}`}>
          <p>
            <TierWord tier={alert.tier} /> <span>{what(alert)}</span>{" "}
            <span class="quiet">
              since {clock(alert.start_t)}, {span(at - alert.start_t)}
            </span>
          </p>
          <p class="quiet">
            {TIER_MEANS[alert.tier]}
            {ackedBy && ` Seen by ${ackedBy}.`}
          </p>
        </div>
      )}
      {props.held}
      {!!props.others?.length && (
        <details class="fold others">
          <summary>
            Her other cases <span class="count num">{props.others.length}</span>
          </summary>
          <ul class="plain">
            {props.others.map((other) => (
              <li key={other.id}>
                <button type="button" class="link" onClick={() => props.onCase?.(other)}>
                  {what(other.head)}, {assetsText(other) || other.head.asset.name}
                </button>{" "}
                <span class="quiet">
                  {other.head.tier}, {frequency(riskOf(other))}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <dl class="facts facts-id">
        <Fact name="MMSI">{ship.mmsi}</Fact>
        {!!ship.imo && <Fact name="IMO">{ship.imo}</Fact>}
        {ship.callsign && <Fact name="Call sign">{ship.callsign}</Fact>}
        <Fact name="Type">{ship.type || "not reported"}</Fact>
        <Fact name="Length">{ship.length_m ? metres(ship.length_m) : "not reported"}</Fact>
        {!!ship.draught_m && <Fact name="Draught">{ship.draught_m.toFixed(1)} m</Fact>}
      </dl>

      <Section title="What is seen">
        {position ? (
          <dl class="facts">
            <Fact name="Speed">
              <Speed shown={position.sog_kn} told={position.told_sog_kn} />
            </Fact>
            <Fact name="Course">{degrees(position.cog_deg)}</Fact>
            <Fact name="Heading">
              {position.heading_deg == null ? "not reported" : degrees(position.heading_deg)}
            </Fact>
            <Fact name="Depth">{position.depth_m == null ? "unknown" : metres(position.depth_m)}</Fact>
            <Fact name="Place">{place(position.lat, position.lon)}</Fact>
            <Fact name="Last report">
              <When t={position.t} at={at} />
            </Fact>
          </dl>
        ) : (
          <p class="empty">No position at this time. Move the time line to when she was heard.</p>
        )}
        {charted ? (
          <Charts track={charted} at={at} tokens={tokens} stretch={props.stretch} onTime={props.onTime} />
        ) : (
          <div class="charts charts-waiting" aria-hidden="true" />
        )}
        {seen.length ? (
          list(seen.slice(0, 12))
        ) : (
          <p class="quiet">
            Nothing out of the ordinary was seen of this ship
            {card.seen?.how === "hardly" ? ", and a drag would hardly be seen on her." : "."}
          </p>
        )}
        <SeenOnHer seen={card.seen ?? null} />
        {passages.length > 0 && (
          <details class="fold">
            <summary>
              Crossings and close passages <span class="count num">{passages.length}</span>
            </summary>
            {list(passages.slice(0, 40))}
          </details>
        )}
      </Section>

      <Section title="Why it matters">
        <p class="why">
          {next ? (
            <>
              <strong>{next.asset.name}</strong> in{" "}
              <strong class="num">{spread(next.minutes, next.minutes_low, next.minutes_high)}</strong>
            </>
          ) : alert ? (
            <strong>{passedText(alert) || `at ${alert.asset.name}`}</strong>
          ) : ahead.length ? (
            "Assets lie ahead, none that she is likely to cross."
          ) : (
            "No asset lies on her way as far as the forecast reaches."
          )}
          {alert && (
            <>
              {" "}
              · chance of damage <strong class="num">{frequency(alert.risk)}</strong>
            </>
          )}
        </p>
        <p class="quiet">Waters: {watersText(alert?.waters ?? card.waters)}</p>
        <ForAndAgainst
          speaksFor={reasons}
          against={against}
          findings={card.findings}
          at={at}
          onStretch={(s) => props.onStretch([s.from, s.to])}
        />
      </Section>

      <Section title="What else could it be">
        {other.length ? (
          <ul class="plain">
            {other.map((reason) => (
              <li key={reason.text}>{reason.text}</li>
            ))}
          </ul>
        ) : (
          <p class="quiet">Nothing is under suspicion, so nothing needs explaining.</p>
        )}
      </Section>

      <Section title="What to do now">
        {card.call.length ? (
          <ul class="plain calls">
            {card.call.map((call) => (
              <li key={call.who + call.how}>
                <strong>{call.who}</strong> <span class="num">{call.how}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p class="quiet">Nobody is listed for these waters. Use VHF channel 16.</p>
        )}
        {card.script?.over && <Script title="radio script" text={card.script.over} />}
        {card.script?.clear && (
          <details class="fold">
            <summary>Script for when she is clear of the asset</summary>
            <Script title="clear script" text={card.script.clear} />
          </details>
        )}
      </Section>

      {props.work}

      <Section title="Assets ahead">
        <Ahead ahead={ahead} onAsset={props.onAsset} />
        {!!track?.crossings.length && (
          <p class="quiet">
            Crossed:{" "}
            {track.crossings
              .slice(-6)
              .map((c) => `${c.name} ${clock(c.t)} (${relative(c.t, at)})`)
              .join("; ")}
          </p>
        )}
      </Section>

      {card.dossier && Object.keys(card.dossier).length > 0 && (
        <details class="fold">
          <summary>Dossier</summary>
          <Dossier facts={card.dossier} mmsi={ship.mmsi} at={at} ask={props.onDossier} />
        </details>
      )}
      {track && <RawPositions track={track} />}
    </article>
  );
}
