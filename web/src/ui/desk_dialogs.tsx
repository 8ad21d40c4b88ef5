/** The dialogs of the desk: silence, posture, hand-over. */

import { useState } from "preact/hooks";
import { NameField } from "../desk/name";
import { actorOf, endSilence, giveWatch, setPosture, silence, takeWatch } from "../live/actions";
import type { Store } from "../live/store";
import { shipName } from "../queue/line";
import { clock, stamp } from "./format";

const LIKE = [
  ["ship", "this ship"],
  ["kind", "the same kind of finding"],
] as const;

export function SilenceForm({ store, onDone }: { store: Store; onDone(): void }) {
  const alert = store.current.value;
  const [minutes, setMinutes] = useState("60");
  const [by, setBy] = useState<string[]>(["ship", "asset"]);
  const [why, setWhy] = useState("");
  if (!alert) return <NoAlert onDone={onDone} />;
  const held = store.desk.value?.silences.find((s) => s.id === store.desk.value?.silenced[alert.id]);
  if (held)
    return (
      <div class="form">
        <h2>Silent until {clock(held.until_t)}</h2>
        <p>
          “{held.why}”, by {held.actor}
        </p>
        <div class="row">
          <button
            type="button"
            class="button primary"
            onClick={async () => {
              await endSilence(store, held);
              onDone();
            }}
          >
            Hear it again
          </button>
          <button type="button" class="button" onClick={onDone}>
            Leave it
          </button>
        </div>
      </div>
    );
  async function submit(event: Event) {
    event.preventDefault();
    if (await silence(store, alert!, by, Number(minutes), why.trim())) onDone();
  }
  return (
    <form class="form" onSubmit={submit}>
      <h2>Silence {shipName(alert)}</h2>
      <label>
        Why
        <textarea
          rows={2}
          value={why}
          required
          autofocus
          placeholder="a declared tow"
          onInput={(e) => setWhy(e.currentTarget.value)}
        />
      </label>
      <label>
        For how long
        <select value={minutes} onChange={(e) => setMinutes(e.currentTarget.value)}>
          <option value="30">30 min</option>
          <option value="60">1 h</option>
          <option value="240">4 h</option>
          <option value="720">to the end of the shift (12 h)</option>
        </select>
      </label>
      <fieldset class="choices">
        <legend>What must be the same</legend>
        {LIKE.map(([name, label]) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={by.includes(name)}
              onChange={(e) =>
                setBy(e.currentTarget.checked ? [...by, name] : by.filter((other) => other !== name))
              }
            />
            {label}
          </label>
        ))}
      </fieldset>
      <p class="quiet">
        It covers {alert.asset.name} and what else she threatens now, up to {alert.tier}. A new asset or a
        worse tier is heard.
      </p>
      <NameField store={store} />
      <div class="row">
        <button type="submit" class="button primary">
          Silence
        </button>
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

export function NoAlert({ onDone }: { onDone(): void }) {
  return (
    <div class="form">
      <p>Choose an alert in the queue first: j and k walk through it.</p>
      <button type="button" class="button" onClick={onDone}>
        Back
      </button>
    </div>
  );
}

export function PostureForm({ store, onDone }: { store: Store; onDone(): void }) {
  const now = store.desk.value?.posture;
  const [level, setLevel] = useState(now?.level ?? "normal");
  const [why, setWhy] = useState("");
  async function submit(event: Event) {
    event.preventDefault();
    if (await setPosture(store, level, why.trim())) onDone();
  }
  return (
    <form class="form" onSubmit={submit}>
      <h2>Posture</h2>
      {now?.actor && (
        <p class="quiet">
          {now.level}, set by {now.actor}, {stamp(now.t)}
        </p>
      )}
      <fieldset class="choices">
        <legend>How wary the watch is</legend>
        {[
          ["normal", "Normal"],
          ["raised", "Raised: thresholds are lowered"],
          ["high", "High alert: thresholds are lowered further"],
        ].map(([value, label]) => (
          <label key={value}>
            <input type="radio" name="posture" checked={level === value} onChange={() => setLevel(value!)} />
            {label}
          </label>
        ))}
      </fieldset>
      <label>
        Why, and on whose word
        <textarea rows={2} value={why} required autofocus onInput={(e) => setWhy(e.currentTarget.value)} />
      </label>
      <NameField store={store} />
      <div class="row">
        <button type="submit" class="button primary">
          Set
        </button>
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

export function HandoverForm({ store, onDone }: { store: Store; onDone(): void }) {
  const [note, setNote] = useState("");
  const given = store.desk.value?.handovers.find((h) => !h.taken_t);
  const mine = given?.given_by === actorOf(store);
  const sheet = `/api/handover.html?at=${Math.round(store.at.value)}`;
  return (
    <form
      class="form"
      onSubmit={async (event) => {
        event.preventDefault();
        const done = given ? await takeWatch(store, given) : await giveWatch(store, note.trim());
        if (!done) return;
        store.note.value = given
          ? `The watch is taken over from ${given.given_by}`
          : "The watch is offered: whoever takes it opens this again under their own name";
        onDone();
      }}
    >
      <h2>Hand over the watch</h2>
      <p>
        <a href={sheet} target="_blank" rel="noopener">
          The sheet: what is open, on one A4
        </a>
        {" · "}
        <button
          type="button"
          class="link"
          title="Who is told outside this page (n)"
          onClick={() => {
            store.dialog.value = "told";
          }}
        >
          Who is told outside this page
        </button>
      </p>
      {given ? (
        <p>
          Offered by <strong>{given.given_by}</strong>, {stamp(given.t)}
          {given.note ? `: “${given.note}”` : ""}
        </p>
      ) : (
        <label>
          What the next one must know
          <textarea rows={3} value={note} autofocus onInput={(e) => setNote(e.currentTarget.value)} />
        </label>
      )}
      <NameField store={store} />
      {given && mine && <p class="quiet">It is taken by another person: under another name.</p>}
      <div class="row">
        <button type="submit" class="button primary" disabled={!!given && mine}>
          {given ? "Take the watch" : "Offer the watch"}
        </button>
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
