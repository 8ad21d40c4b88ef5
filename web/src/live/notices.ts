/** The browser's own notices: of what must be seen, while somebody has the page open and looks at something else. */

import { effect } from "@preact/signals";
import type { Alert } from "../model/nouns";
import { openAlert, type Store } from "./store";

/** Ask to be allowed; browsers want that in answer to a touch. */
export function askNotices(): void {
  if (typeof Notification !== "undefined" && Notification.permission === "default")
    void Notification.requestPermission();
}

/** Alerts that a person must see: of the two high tiers, in force, seen by nobody, not silenced. */
export function pressing(store: Store): Alert[] {
  const desk = store.desk.value;
  return store.alerts.value.filter(
    (alert) =>
      (alert.tier === "act" || alert.tier === "challenge") &&
      alert.state === "raised" &&
      !store.acked.value[alert.id] &&
      !desk?.silenced[alert.id],
  );
}

/** Notify of what is new while the page is out of sight, and again when it rises; a touch leads to the alert. */
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
    const ids = new Set(now.map((alert) => alert.id));
    for (const [id, notice] of shown) {
      if (ids.has(id)) continue;
      notice.close();
      shown.delete(id);
    }
    for (const alert of now) {
      const before = told.get(alert.id);
      told.set(alert.id, alert.tier);
      const news = before === undefined || (before === "challenge" && alert.tier === "act");
      if (!news || !live || looked()) continue;
      if (typeof Notification === "undefined" || Notification.permission !== "granted") continue;
      const kind = alert.exercise ? "EXERCISE · " : alert.simulated ? "SIMULATED · " : "";
      const notice = new Notification(`${kind}${alert.tier.toUpperCase()} · ${alert.asset.name}`, {
        body: alert.first_line,
        tag: alert.id,
        requireInteraction: alert.tier === "act",
      });
      notice.onclick = () => {
        window.focus();
        openAlert(store, alert);
        notice.close();
      };
      shown.set(alert.id, notice);
    }
  });
  return () => {
    stop();
    for (const notice of shown.values()) notice.close();
  };
}
