/** The small dialogs of actions: comment, escalate, close with an outcome; and the list of keys. */

import { useEffect, useRef, useState } from "preact/hooks";
import { DrillForm } from "../desk/drill";
import { FeedTable } from "../desk/feeds";
import { LayersForm } from "../desk/layers";
import { NameField } from "../desk/name";
import { ToldForm } from "../desk/told";
import { close, comment, escalate } from "../live/actions";
import { isOver, rowWith } from "../live/cases";
import type { Store } from "../live/store";
import { several, shipName } from "../queue/line";
import { HandoverForm, NoAlert, PostureForm, SilenceForm } from "./desk_dialogs";
import { Help } from "./help";

export function Dialogs({ store }: { store: Store }) {
  const which = store.dialog.value;
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    if (which && !dialog.open) dialog.showModal?.();
    if (!which && dialog.open) dialog.close?.();
  }, [which]);
  const leave = () => {
    store.dialog.value = "";
  };
  return (
    <dialog
      class="dialog"
      ref={box}
      onClose={() => {
        // the event comes late: by now another dialog may stand here
        if (!box.current?.open) leave();
      }}
      aria-label={which || "dialog"}
    >
      {which === "help" && <Help onClose={leave} />}
      {(which === "comment" || which === "escalate" || which === "close") && (
        <ActionForm key={which} store={store} which={which} onDone={leave} />
      )}
      {which === "silence" && <SilenceForm store={store} onDone={leave} />}
      {which === "posture" && <PostureForm store={store} onDone={leave} />}
      {which === "drill" && <DrillForm store={store} onDone={leave} />}
      {which === "layers" && <LayersForm store={store} onDone={leave} />}
      {which === "feeds" && <FeedTable store={store} onDone={leave} />}
      {which === "told" && <ToldForm store={store} onDone={leave} />}
      {which === "handover" && <HandoverForm store={store} onDone={leave} />}
    </dialog>
  );
}

const TITLES = { comment: "Comment on", escalate: "Escalate", close: "Close" } as const;

function ActionForm({ store, which, onDone }: { store: Store; which: keyof typeof TITLES; onDone(): void }) {
  const alert = store.current.value;
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState("benign");
  const [whole, setWhole] = useState(false);
  const held = (alert && rowWith(store.rows.value, alert.id)?.alerts) ?? [];
  const others = held.filter((one) => one.id !== alert?.id && !isOver(one));
  if (!alert) return <NoAlert onDone={onDone} />;
  async function submit(event: Event) {
    event.preventDefault();
    const said = text.trim();
    const ended = outcome === "benign" ? `benign: ${said || "no reason given"}` : outcome;
    const done =
      which === "comment"
        ? await comment(store, alert!, said)
        : which === "escalate"
          ? await escalate(store, alert!, said)
          : await close(store, whole ? [alert!, ...others] : [alert!], ended, said);
    if (done) onDone();
  }
  return (
    <form class="form" onSubmit={submit}>
      <h2>
        {TITLES[which]} {shipName(alert)}
        {held.length > 1 && <span class="quiet">, {alert.asset.name}</span>}
      </h2>
      {which === "close" && (
        <fieldset class="choices">
          <legend>What was it?</legend>
          {[
            ["benign", "Benign, because …"],
            ["true", "It did, or was about to"],
            ["unknown", "Unknown"],
          ].map(([value, label]) => (
            <label key={value}>
              <input
                type="radio"
                name="outcome"
                value={value}
                checked={outcome === value}
                onChange={() => setOutcome(value!)}
              />
              {label}
            </label>
          ))}
        </fieldset>
      )}
      <label>
        {which === "escalate" ? "To whom" : which === "close" ? "Why" : "What to record"}
        <textarea
          rows={3}
          value={text}
          required={which !== "close" || outcome === "benign"}
          onInput={(e) => setText(e.currentTarget.value)}
          autofocus
        />
      </label>
      {which === "close" && others.length > 0 && (
        <label class="check">
          <input type="checkbox" checked={whole} onChange={(e) => setWhole(e.currentTarget.checked)} />
          <span>
            Also the other {others.length} of this case: {several(others.map((one) => one.asset.name))}
          </span>
        </label>
      )}
      <NameField store={store} />
      <p class="quiet">Goes into the ledger with name and time. It can be answered, not erased.</p>
      <div class="row">
        <button type="submit" class="button primary">
          {which === "close"
            ? whole
              ? `Close ${others.length + 1} alerts`
              : "Close alert"
            : which === "escalate"
              ? "Record"
              : "Record comment"}
        </button>
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
