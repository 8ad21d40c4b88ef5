/** One asset along its length: who comes next, how each stretch is watched since when, what happened, any KP. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Store } from "../live/store";
import type { AlongAnswer, KpAnswer, ShipNear } from "../model/answers";
import { distance, frequency, metres, place, relative, spread, stamp, words } from "../ui/format";
import { Section, ShipCell } from "../ui/parts";
import { TierWord } from "../ui/tier";
import { ask, sentence } from "./ask";
import "./desk.css";

const SAID: Record<string, string> = {
  observed: "watched",
  thin: "watched thinly",
  unobserved: "not watched",
  jammed: "jammed or false",
};

/** What is known along an asset, asked anew once a minute of event time. */
export function useAlong(asset: string, at: number): { along: AlongAnswer | null; error: string } {
  const [held, setHeld] = useState<AlongAnswer | null>(null);
  const [error, setError] = useState("");
  const minute = Math.floor(at / 60_000);
  useEffect(() => {
    let gone = false;
    ask<AlongAnswer>(`/api/assets/${encodeURIComponent(asset)}/along?at=${Math.round(at)}`)
      .then((answer) => {
        if (gone) return;
        setHeld(answer);
        setError("");
      })
      .catch((cause) => !gone && setError(sentence(cause)));
    return () => {
      gone = true;
    };
  }, [asset, minute]);
  return { along: held?.asset === asset ? held : null, error };
}

/** The asset as a line from its first KP to its last, with who is near and who crosses next. */
export function Strip({ along, near }: { along: AlongAnswer; near: ShipNear[] }) {
  const length = Math.max(along.length_km, 0.001);
  const x = (kp: number) => `${((100 * kp) / length).toFixed(2)}%`;
  const marks = near.filter((s) => s.kp_km != null).slice(0, 20);
  const next = along.next.filter((s) => s.kp_km != null).slice(0, 20);
  return (
    <figure class="along-strip" aria-label={`Along the asset, KP 0 to ${length.toFixed(0)}`}>
      <svg width="100%" height="56" aria-hidden="true">
        {(along.watch ?? []).map((s) => (
          <line
            key={`${s.kp_from_km}${s.state}`}
            class={`strip-watch strip-${s.state}`}
            x1={x(s.kp_from_km)}
            x2={x(s.kp_to_km)}
            y1="36"
            y2="36"
          />
        ))}
        <line class="strip-line" x1="0" x2="100%" y1="26" y2="26" />
        {along.faults
          .filter((f) => f.state === "open" && f.kp_from_km != null)
          .map((f) => (
            <line
              key={f.id}
              class="strip-fault"
              x1={x(f.kp_from_km!)}
              x2={x((f.kp_to_km ?? f.kp_from_km!) + length / 100)}
              y1="26"
              y2="26"
            />
          ))}
        {marks.map((s) => (
          <circle key={s.ship.mmsi} class="strip-near" cx={x(s.kp_km!)} cy="26" r="4" />
        ))}
        {next.map((s) => (
          <svg key={s.ship.mmsi} x={x(s.kp_km!)} y="8" overflow="visible" aria-hidden="true">
            <path class="strip-next" d="M-5 0 H5 L0 9 Z" />
          </svg>
        ))}
      </svg>
      <figcaption class="num quiet">
        <span>KP 0</span>
        <span>● near ▾ comes next{along.watch ? " — below: watched" : ""}</span>
        <span>KP {length.toFixed(0)}</span>
      </figcaption>
    </figure>
  );
}

function Next({ along, onShip }: { along: AlongAnswer; onShip(mmsi: number): void }) {
  if (!along.next.length)
    return <p class="quiet">No ship reaches it within two hours on her present course.</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Ship</th>
          <th scope="col" class="right">
            In
          </th>
          <th scope="col" class="right">
            KP
          </th>
          <th scope="col" class="right">
            By
          </th>
        </tr>
      </thead>
      <tbody>
        {along.next.map((s) => (
          <tr key={s.ship.mmsi}>
            <ShipCell ship={s.ship} onShip={onShip} />
            <td class="right num">{spread(s.minutes, s.minutes_low, s.minutes_high)}</td>
            <td class="right num">{s.kp_km == null ? "–" : s.kp_km.toFixed(1)}</td>
            <td class="right">{s.chance == null ? "her course" : `forecast, ${frequency(s.chance)}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Watched({ along, at }: { along: AlongAnswer; at: number }) {
  if (!along.watch)
    return (
      <p class="quiet">
        How well each stretch is watched is told only to readers of the group <code>watch_state</code>: where
        a watch is blind is where to strike.
      </p>
    );
  if (!along.watch.length) return <p class="quiet">Nothing is known yet: no ship was heard near it.</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Stretch</th>
          <th scope="col">State</th>
          <th scope="col" class="right">
            Since
          </th>
        </tr>
      </thead>
      <tbody>
        {along.watch.map((s) => (
          <tr key={`${s.kp_from_km}${s.state}`} class={s.state === "observed" ? "" : "weak"}>
            <th scope="row" class="num">
              KP {s.kp_from_km.toFixed(1)}–{s.kp_to_km.toFixed(1)}
            </th>
            <td>{SAID[s.state] ?? s.state}</td>
            <td class="right num" title={s.since_t ? relative(s.since_t, at) : undefined}>
              {s.since_t && s.since_t > 0 ? stamp(s.since_t) : "the beginning"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PointForm({
  store,
  asset,
  along,
  at,
  onShip,
}: {
  store?: Store;
  asset: string;
  along: AlongAnswer;
  at: number;
  onShip(mmsi: number): void;
}) {
  const [kp, setKp] = useState("");
  const [found, setFound] = useState<KpAnswer | null>(null);
  const [error, setError] = useState("");
  async function submit(event: Event) {
    event.preventDefault();
    const value = Number(kp.replace(",", "."));
    if (!kp.trim() || !Number.isFinite(value) || value < 0) {
      setError(`Write a kilometre point between 0 and ${along.length_km.toFixed(1)}`);
      return;
    }
    try {
      const path = `/api/assets/${encodeURIComponent(asset)}/kp/${value}?at=${Math.round(at)}`;
      const answer = await ask<KpAnswer>(path);
      setFound(answer);
      setError("");
      if (store) store.goto.value = { lat: answer.lat, lon: answer.lon, zoom: 9, stamp: performance.now() };
    } catch (cause) {
      setError(sentence(cause));
    }
  }
  return (
    <form class="form kp-form" onSubmit={submit}>
      <label>
        Kilometre point
        <input
          value={kp}
          inputMode="decimal"
          class="num"
          placeholder={`0–${along.length_km.toFixed(0)}`}
          onInput={(e) => setKp(e.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button small">
        Go to it
      </button>
      {error && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {found && (
        <div class="kp-found" role="status">
          <p>
            <strong class="num">KP {found.kp_km}</strong> {place(found.lat, found.lon)}
            {found.depth_m == null ? ", depth unknown" : `, ${metres(found.depth_m)} of water`}
            {found.waters ? `, ${found.waters.name}` : ""}
          </p>
          <ul class="plain">
            {found.call.map((call) => (
              <li key={call.who + call.how}>
                {call.who} <span class="num">{call.how}</span>
              </li>
            ))}
          </ul>
          {!!found.near.length && (
            <p>
              Nearest:{" "}
              {found.near.slice(0, 3).map((n, k) => (
                <span key={n.ship.mmsi}>
                  {k ? ", " : ""}
                  <button type="button" class="link" onClick={() => onShip(n.ship.mmsi)}>
                    {n.ship.name || n.ship.mmsi}
                  </button>{" "}
                  {distance(n.distance_m)}
                </span>
              ))}
            </p>
          )}
        </div>
      )}
    </form>
  );
}

export function Along({
  store,
  asset,
  at,
  near,
  onShip,
  children,
}: {
  store?: Store;
  asset: string;
  at: number;
  near: ShipNear[];
  onShip(mmsi: number): void;
  /** What stands here until the server has answered. */
  children?: ComponentChildren;
}) {
  const { along, error } = useAlong(asset, at);
  if (!along)
    return (
      <>
        {error && (
          <p class="trouble" role="alert">
            {error}
          </p>
        )}
        {children}
      </>
    );
  return (
    <>
      <Strip along={along} near={near} />
      <PointForm store={store} asset={asset} along={along} at={at} onShip={onShip} />
      <Section title="Who comes next">
        <Next along={along} onShip={onShip} />
      </Section>
      <Section title="How it is watched">
        <Watched along={along} at={at} />
      </Section>
      <Section title="History" aside={<span class="quiet num">{along.crossings_day} crossings in 24 h</span>}>
        {along.alerts.length || along.faults.length ? (
          <ul class="plain history">
            {along.faults.map((f) => (
              <li key={f.id}>
                <strong>fault</strong> since {stamp(f.from_t)}, {words(f.state)}
              </li>
            ))}
            {along.alerts.map((a) => (
              <li key={a.id}>
                <TierWord tier={a.highest_tier} />{" "}
                <button type="button" class="link" onClick={() => onShip(a.ship.mmsi)}>
                  {a.ship.name || a.ship.mmsi}
                </button>{" "}
                <span class="quiet num">
                  {stamp(a.raised_t)} ({relative(a.raised_t, at)}), {a.outcome || words(a.state)}
                </span>
              </li>
            ))}
          </ul>
        ) : (
          <p class="quiet">No alert and no fault so far.</p>
        )}
      </Section>
    </>
  );
}
