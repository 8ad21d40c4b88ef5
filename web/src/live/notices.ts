/** The browser's own notices: of what must be seen, while somebody has the page open and looks at something else. */

import { effect } from "@preact/signals";
import type { Alert } from "../model/nouns";
import type { Row } from "./cases";
import { openAlert, type Store } from "./store";

/** Ask to be allowed; browsers want that in answer to a touch. */
export function askNotices(): void {
  if (typeof Notification !== "undefined" && Notification.permission === "default")
    void Notification.requestPermission();
}

/** Cases that a person must see, each by its worst alert of the two high tiers that is in force, seen by nobody, and
 * not silenced. */
export function pressing(store: Store): [Row, Alert][] {
  const presses = (alert: Alert) =>
    (alert.tier === "act" || alert.tier === "challenge") &&
    alert.state === "raised" &&
    !store.acked.value[alert.id];
  return store.rows.value
    .filter((row) => !row.silent)
    .map((row) => [row, row.asking.find(presses)] as const)
    .filter((pair): pair is [Row, Alert] => pair[1] !== undefined);
}

/** Notify of a case that is new while the page is out of sight, and again when it rises, or has more alerts after all
 * were seen; a touch leads to the alert. */
export function startNotices(
  store: Store,
  looked = () => !document.hidden && document.hasFocus(),
): () => void {
  const told = new Map<string, string>();
  const shown = new Map<string, Notification>();
  const stop = effect(() => {
    const now = pressing(store);
    // a replay and a look into the past wake nobody
    const live = store.status.value?.mode === "live" && store.following.value;
    const ids = new Set(now.map(([row]) => row.id));
    for (const [id, notice] of shown) {
      if (ids.has(id)) continue;
      notice.close();
      shown.delete(id);
    }
    for (const row of store.rows.value) {
      if (!ids.has(row.id) && row.asking.every((alert) => store.acked.value[alert.id])) told.delete(row.id);
    }
    for (const [{ id }, alert] of now) {
      const before = told.get(id);
      told.set(id, alert.tier);
      const news = before === undefined || (before === "challenge" && alert.tier === "act");
      if (!news || !live || looked()) continue;
      if (typeof Notification === "undefined" || Notification.permission !== "granted") continue;
      const kind = alert.exercise ? "EXERCISE · " : alert.simulated ? "SIMULATED · " : "";
      const notice = new Notification(`${kind}${alert.tier.toUpperCase()} · ${alert.asset.name}`, {
        body: alert.first_line,
        tag: id,
        requireInteraction: alert.tier === "act",
      });
      notice.onclick = () => {
        window.focus();
        openAlert(store, alert);
        notice.close();
      };
      shown.set(id, notice);
    }
  });
  return () => {
    stop();
    for (const notice of shown.values()) notice.close();
  };
}
