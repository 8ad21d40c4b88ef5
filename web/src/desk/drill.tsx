/** Drills: begun and ended by a named person, in sight of all while they are on, and told of afterwards. */

import { useEffect, useState } from "preact/hooks";
import { acting, actorOf } from "../live/actions";
import { takeAlerts } from "../live/cases";
import { openAlert, type Store } from "../live/store";
import type { Drill, DrillsAnswer } from "../model/answers";
import { clock, span, stamp } from "../ui/format";
import { beginDrill, drillsAt, endDrill, sentence } from "./ask";
import { NameField } from "./name";
import "./desk.css";

/** Whether a number belongs to a ship of a drill: the server gives these and no others. */
export const inDrill = (mmsi: number) => mmsi >= 999_000_500 && mmsi < 999_000_900;

/** The drill that is on at the time on screen. */
export function drillOn(store: Store): Drill | null {
  return store.desk.value?.drills?.[0] ?? null;
}

export function Exercise() {
  return <span class="exercise-tag">EXERCISE</span>;
}

/** A band across the page as long as a drill is on. */
export function DrillBand({ store }: { store: Store }) {
  const drill = drillOn(store);
  if (!drill) return null;
  const left = drill.end_t - store.at.value;
  return (
    <section class="band band-exercise" aria-label="Drill">
      <strong>EXERCISE</strong>
      <span class="grow">
        A drill is on until {clock(drill.end_t)}
        {left > 0 ? ` (${span(left)})` : ""}, begun by {drill.actor}. Real alerts go on beside it.
      </span>
      <button
        type="button"
        class="button small"
        onClick={() => {
          store.dialog.value = "drill";
        }}
      >
        Drill <kbd>d</kbd>
      </button>
    </section>
  );
}

const STEPS: Record<string, string> = {
  acknowledged: "acknowledged",
  called: "first call",
  escalated: "escalated",
  closed: "closed",
};

export function Debrief({ drill }: { drill: Drill }) {
  const d = drill.debrief;
  if (!d) return null;
  return (
    <div class="debrief">
      <p>
        {drill.asset_name ?? drill.asset}, KP {drill.kp_km.toFixed(1)}, from {stamp(drill.t)} to{" "}
        {clock(drill.end_t)}
        {drill.ended_by ? `, ended by ${drill.ended_by}` : drill.ended ? ", ended by itself" : ""}. “
        {drill.text}”
      </p>
      <table class="table">
        <caption class="sr-only">Minutes after the first alert that asked for somebody</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">By</th>
            <th scope="col" class="right">
              After the alert
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">alert raised</th>
            <td>the watch</td>
            <td class="right num">
              {d.alerted_t == null ? "not yet" : `${clock(d.alerted_t)}, ${d.alerted_min} min after the hold`}
            </td>
          </tr>
          {d.steps.map((step) => (
            <tr key={step.what}>
              <th scope="row">{STEPS[step.what] ?? step.what}</th>
              <td>{step.by || "–"}</td>
              <td class="right num">{step.minutes == null ? "not done" : `${step.minutes} min`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">
        {d.ticks} {d.ticks === 1 ? "point" : "points"} ticked; phases:{" "}
        {d.phases.length ? d.phases.join(", ") : "none"}; at it:{" "}
        {d.people.length ? d.people.join(", ") : "nobody"}.
      </p>
    </div>
  );
}

export function DrillForm({ store, onDone }: { store: Store; onDone(): void }) {
  const [held, setHeld] = useState<DrillsAnswer | null>(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const assets = store.assets.value?.features.map((f) => f.properties) ?? [];
  const chosen = store.selection.value?.type === "asset" ? store.selection.value.id : "";
  const [asset, setAsset] = useState(chosen || store.current.value?.asset.id || assets[0]?.id || "");
  const [minutes, setMinutes] = useState("60");
  const [why, setWhy] = useState("");
  const load = () =>
    drillsAt(store.at.peek())
      .then(setHeld)
      .catch((cause) => setError(sentence(cause)));
  useEffect(() => {
    void load();
  }, []);
  const on = held?.drills.find((d) => d.runs) ?? null;
  const past = held?.drills.filter((d) => d.ended) ?? [];
  const refresh = async () => {
    store.desk.value = await store.api.desk(store.at.peek()).catch(() => store.desk.peek());
    await takeAlerts(store, store.at.peek()).catch(() => undefined);
  };
  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setError("");
    try {
      if (on) await endDrill(on.id, { actor: actorOf(store), ...acting(store) });
      else
        await beginDrill({
          asset,
          minutes: Number(minutes),
          text: why.trim(),
          actor: actorOf(store),
          ...acting(store),
        });
      await refresh();
      if (on) await load();
      else {
        store.note.value = "EXERCISE is on: a simulated ship drags an anchor. It ends by itself.";
        onDone();
      }
    } catch (cause) {
      setError(sentence(cause));
    } finally {
      setBusy(false);
    }
  }
  const alerts = store.alerts.value.filter((a) => a.exercise && a.state !== "closed");
  return (
    <form class="form" onSubmit={submit}>
      <h2>{on ? "A drill is on" : "Begin a drill"}</h2>
      {error && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {held && !held.can ? (
        <p>No drill can be held over this watch.</p>
      ) : on ? (
        <>
          <Debrief drill={on} />
          {!!alerts.length && (
            <button
              type="button"
              class="button"
              onClick={() => {
                onDone();
                openAlert(store, alerts[0]!);
              }}
            >
              Go to its alert
            </button>
          )}
        </>
      ) : (
        <>
          <p class="quiet">
            A ship that does not exist drags an anchor across an asset. All of it is marked EXERCISE, enters
            no count, and nobody away from the page is told but those who asked to take part. It ends by
            itself.
          </p>
          <label>
            Across
            <select value={asset} required onChange={(e) => setAsset(e.currentTarget.value)}>
              {assets.map((a) => (
                <option key={a.id} value={a.id}>
                  {a.name}
                </option>
              ))}
            </select>
          </label>
          <label>
            How long
            <select value={minutes} onChange={(e) => setMinutes(e.currentTarget.value)}>
              <option value="30">30 min</option>
              <option value="60">1 h</option>
              <option value="120">2 h</option>
            </select>
          </label>
          <label>
            Why, and who knows of it
            <textarea
              rows={2}
              value={why}
              required
              autofocus
              onInput={(e) => setWhy(e.currentTarget.value)}
            />
          </label>
        </>
      )}
      <NameField store={store} />
      <div class="row">
        {(!held || held.can) && (
          <button type="submit" class={`button ${on ? "danger" : "primary"}`} disabled={busy || !held}>
            {on ? "End the drill now" : busy ? "Working it out …" : "Begin the drill"}
          </button>
        )}
        <button type="button" class="button" onClick={onDone}>
          {on ? "Let it go on" : "Cancel"}
        </button>
      </div>
      {!!past.length && (
        <details class="fold" open={!on && past.length < 3}>
          <summary>
            Past drills <span class="count num">{past.length}</span>
          </summary>
          {past.slice(0, 10).map((drill) => (
            <Debrief key={drill.id} drill={drill} />
          ))}
        </details>
      )}
    </form>
  );
}
