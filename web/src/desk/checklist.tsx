/** What is asked in each phase of the incident on this asset, and who has done what of it, and when. */

import { useEffect, useState } from "preact/hooks";
import { work as act } from "../live/actions";
import type { Store } from "../live/store";
import type { ChecklistAnswer } from "../model/answers";
import type { Alert } from "../model/nouns";
import { clock, words } from "../ui/format";
import { checklistOf } from "./ask";
import "./desk.css";

/** The checklist of an alert, asked anew whenever the work on it may have changed. */
export function useChecklist(store: Store, alert: string): ChecklistAnswer | null {
  const [held, setHeld] = useState<ChecklistAnswer | null>(null);
  const desk = store.desk.value;
  useEffect(() => {
    let gone = false;
    checklistOf(alert, store.at.peek())
      .then((answer) => {
        if (!gone) setHeld(answer);
      })
      .catch(() => undefined); // the plain list of the desk stands in
    return () => {
      gone = true;
    };
  }, [alert, desk]);
  return held?.alert === alert ? held : null;
}

interface Item {
  text: string;
  source?: string;
  t?: number | null;
  by?: string;
}

function Points({
  items,
  open,
  onTick,
}: {
  items: Item[];
  open: boolean;
  onTick(text: string, on: boolean): void;
}) {
  return (
    <ul class="checklist">
      {items.map((item) => (
        <li key={item.text}>
          <label title={item.source || undefined}>
            <input
              type="checkbox"
              checked={!!item.by}
              disabled={!open}
              onChange={(e) => onTick(item.text, e.currentTarget.checked)}
            />
            <span>
              {item.text}
              {item.by && (
                <span class="ticked num">
                  {" "}
                  ✓ {item.by}
                  {item.t ? `, ${clock(item.t)}` : ""}
                </span>
              )}
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}

export function Checklist({
  store,
  alert,
  list,
  phase,
  open,
}: {
  store: Store;
  alert: Alert;
  list: ChecklistAnswer | null;
  phase: string;
  open: boolean;
}) {
  const tick = (text: string, on: boolean) => void act(store, alert, "check", { text, on });
  if (!list) {
    const checked = new Set(store.desk.value?.works[alert.id]?.checked ?? []);
    const items = (store.desk.value?.checklist ?? []).map((text) => ({
      text,
      by: checked.has(text) ? "done" : "",
    }));
    return <Points items={items} open={open} onTick={tick} />;
  }
  const sources = [...new Set(list.phases.flatMap((p) => p.points.map((point) => point.source)))].filter(
    Boolean,
  );
  return (
    <section class="phase-lists" aria-label="Checklist">
      {list.phases
        .filter((p) => p.points.length)
        .map((p) => {
          const done = p.points.filter((point) => point.by).length;
          return (
            <details key={`${p.phase}${p.phase === phase}`} class="fold" open={p.phase === phase}>
              <summary>
                {words(p.phase)}{" "}
                <span class="count num">
                  {done} of {p.points.length} done
                </span>
              </summary>
              <Points items={p.points} open={open} onTick={tick} />
            </details>
          );
        })}
      {!!list.others.length && (
        <details class="fold">
          <summary>
            Done beside the list <span class="count num">{list.others.length}</span>
          </summary>
          <Points items={list.others.map((o) => ({ ...o, by: o.actor }))} open={open} onTick={tick} />
        </details>
      )}
      {!!sources.length && (
        <details class="fold quiet">
          <summary>Whose rules these are</summary>
          <ul class="plain">
            {sources.map((source) => (
              <li key={source}>{source}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
