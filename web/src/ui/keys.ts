/** The keys of the page. None of them acts while somebody types. */

import { gotoAsset } from "../cards/drawer";
import { acknowledge } from "../live/actions";
import { covered, isIn, rowWith } from "../live/cases";
import { changeSpeed, togglePlay } from "../live/playback";
import { gotoShip, openAlert, openSelection, type Store, seek } from "../live/store";
import { queueOf, walkable } from "../queue/queue";
import type { Theme } from "./theme";

const MINUTE = 60_000;

/** Whether a key belongs to the field that has the focus. A slider takes its own keys only. */
function typing(target: EventTarget | null, key: string): boolean {
  const field = (target as HTMLElement | null)?.closest?.("input, textarea, select, [contenteditable]");
  const kind = (field as HTMLInputElement | null)?.type;
  if (kind === "range") return /^(Arrow|Page|Home|End)/.test(key);
  if (kind === "checkbox" || kind === "radio") return key === " " || key.startsWith("Arrow");
  return !!field;
}

/** The card of a case in the queue. */
const cardOf = (id: string) => document.querySelector<HTMLElement>(`[data-case="${CSS.escape(id)}"]`);

function walk(store: Store, by: 1 | -1): void {
  const list = walkable(queueOf(store));
  if (!list.length) return;
  const index = list.findIndex((row) => isIn(row, store.cursor.value));
  const next = list[index < 0 ? 0 : Math.min(Math.max(index + by, 0), list.length - 1)]!;
  // an open card follows the walk, so that the keys never act on another alert than the one in sight
  const open = store.selection.value?.type === "ship" && !!store.selection.value.alert;
  if (open) openAlert(store, next.head);
  else {
    store.cursor.value = next.head.id;
    store.sheet.value = "queue";
  }
  const focus = () => {
    const card = cardOf(next.id);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
    return !!card && document.activeElement === card;
  };
  // one in a fold is there only when the fold has opened
  if (!focus()) requestAnimationFrame(focus);
}

function goTo(store: Store): void {
  const selection = store.selection.value;
  if (selection?.type === "asset") gotoAsset(store, selection.id);
  else if (selection?.type === "ship") gotoShip(store, selection.mmsi, 8.5);
  else if (store.current.value) gotoShip(store, store.current.value.ship.mmsi, 8.5);
}

export function startKeys(store: Store, theme: Theme): () => void {
  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (store.dialog.value) store.dialog.value = "";
      else if (typing(event.target, event.key)) (event.target as HTMLElement).blur();
      else if (store.selection.value) {
        const row = rowWith(store.rows.value, store.cursor.value);
        openSelection(store, null);
        if (row) cardOf(row.id)?.focus();
      }
      return;
    }
    if (typing(event.target, event.key) || store.dialog.value) return;
    const onMap = !!(event.target as HTMLElement)?.closest?.(".map-place");
    const onButton = !!(event.target as HTMLElement)?.closest?.("button, a, summary");
    const alert = store.current.value;
    const step = (event.shiftKey ? 10 : 1) * MINUTE;
    const actions: Record<string, (() => unknown) | undefined> = {
      j: () => walk(store, 1),
      k: () => walk(store, -1),
      Enter: onButton || !alert ? undefined : () => openAlert(store, alert),
      a: alert ? () => acknowledge(store, covered(store.rows.value, alert)) : undefined,
      c: () => {
        store.dialog.value = "comment";
      },
      s: () => {
        store.dialog.value = "silence";
      },
      p: () => {
        store.dialog.value = "posture";
      },
      h: () => {
        store.dialog.value = "handover";
      },
      d: () => {
        store.dialog.value = "drill";
      },
      l: () => {
        store.dialog.value = "layers";
      },
      i: () => {
        store.dialog.value = "feeds";
      },
      n: () => {
        store.dialog.value = "told";
      },
      e: () => {
        store.dialog.value = "escalate";
      },
      x: () => {
        store.dialog.value = "close";
      },
      g: () => goTo(store),
      f: () =>
        openSelection(store, {
          type: "declare",
          asset: store.selection.value?.type === "asset" ? store.selection.value.id : alert?.asset.id,
        }),
      "/": () => {
        const search = document.querySelector<HTMLInputElement>("#search");
        search?.focus();
        search?.select();
      },
      " ":
        onButton && !(event.target as HTMLElement).closest("[data-alert], [data-play]")
          ? undefined
          : () => togglePlay(store),
      "[": () => changeSpeed(store, -1),
      "]": () => changeSpeed(store, 1),
      "?": () => {
        store.dialog.value = "help";
      },
      t: () => theme.toggle(),
      ArrowLeft: onMap ? undefined : () => seek(store, store.at.value - step),
      ArrowRight: onMap ? undefined : () => seek(store, store.at.value + step),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}
