/** What a person does to an alert. Each action goes to the server's ledger with a name; failures are said. */

import type { Alert } from "../model/nouns";
import { type AlertAction, ApiError } from "./api";
import type { Store } from "./store";

/** When a person acts, in event time: in a recording the time on screen, live the server's own. */
export function acting(store: Store): { t?: number } {
  const live = store.status.value?.mode === "live" && store.following.value;
  return live ? {} : { t: Math.round(store.at.value) };
}

async function tell(
  store: Store,
  alert: Alert,
  action: AlertAction,
  body: Record<string, string>,
): Promise<boolean> {
  const actor = store.actor.value || "watch officer";
  try {
    await store.api.act(alert.id, action, { actor, ...acting(store), ...body });
    return true;
  } catch (cause) {
    store.note.value = `Not recorded: ${cause instanceof ApiError ? cause.message : "the page failed"}`;
    return false;
  }
}

const named = (alert: Alert) => alert.ship.name || `MMSI ${alert.ship.mmsi}`;

export async function acknowledge(store: Store, alert: Alert): Promise<void> {
  if (await tell(store, alert, "ack", {})) {
    const actor = store.actor.value || "watch officer";
    store.acked.value = { ...store.acked.value, [alert.id]: actor };
    store.note.value = `Acknowledged: ${named(alert)}, by ${actor}. It stays in the queue until it is closed.`;
  }
}

export async function comment(store: Store, alert: Alert, text: string): Promise<boolean> {
  const done = await tell(store, alert, "comment", { text });
  if (done) store.note.value = `Comment recorded on ${named(alert)}`;
  return done;
}

export async function close(store: Store, alert: Alert, outcome: string, text: string): Promise<boolean> {
  const done = await tell(store, alert, "close", { outcome, text });
  if (done) store.note.value = `Closed: ${named(alert)}, outcome ${outcome}`;
  return done;
}

export async function escalate(store: Store, alert: Alert, to: string): Promise<boolean> {
  const done = await tell(store, alert, "comment", { text: `Escalated to ${to}` });
  if (done) store.note.value = `Escalated to ${to}: recorded. Tell them by voice; the page calls nobody.`;
  return done;
}

const SILENCE_MS = 30 * 60_000;

/** Fold an alert away on this page for 30 min of event time; once more brings it back. Recorded as a comment. */
export async function silence(store: Store, alert: Alert): Promise<void> {
  const held = store.silenced.value;
  if (isSilent(held[alert.id], alert, store.at.value)) {
    const { [alert.id]: _, ...rest } = held;
    store.silenced.value = rest;
    store.note.value = `No longer silent: ${named(alert)}`;
    return;
  }
  const by = store.actor.value || "watch officer";
  if (await tell(store, alert, "comment", { text: "Silenced on one screen for 30 min" })) {
    const until = store.at.value + SILENCE_MS;
    store.silenced.value = {
      ...held,
      [alert.id]: { tier: alert.tier, asset: alert.asset.system, by, until },
    };
    store.note.value = `Silent on this screen for 30 min: ${named(alert)}. A worse tier or another asset ends it; s undoes it.`;
  }
}

/** Silence never covers a worsening, another asset, or more than its time. */
export function isSilent(
  hold: { tier: string; asset: string; until: number } | undefined,
  alert: Alert,
  at: number,
): boolean {
  if (!hold || at > hold.until || hold.asset !== alert.asset.system) return false;
  const order = ["notice", "look", "challenge", "act"];
  return order.indexOf(alert.tier) <= order.indexOf(hold.tier);
}
