/** What a person does. Each act goes to the server's ledger with a name; failures are said. */

import type { Alert, Handover, Silence } from "../model/nouns";
import { shipName } from "../queue/line";
import { clock } from "../ui/format";
import { type AlertAction, ApiError, type Body } from "./api";
import type { Store } from "./store";

/** When a person acts, in event time: in a recording the time on screen, live the server's own. */
export function acting(store: Store): { t?: number } {
  const live = store.status.value?.mode === "live" && store.following.value;
  return live ? {} : { t: Math.round(store.at.value) };
}

/** The name under which things are done: of who is signed in, else as stated. */
export const actorOf = (store: Store) => store.me.value?.name || store.actor.value || "watch officer";

async function done<T>(store: Store, job: () => Promise<T>): Promise<T | null> {
  try {
    const made = await job();
    store.desk.value = await store.api.desk(store.at.peek());
    return made;
  } catch (cause) {
    store.note.value = `Not recorded: ${cause instanceof ApiError ? cause.message : "the page failed"}`;
    return null;
  }
}

async function tell(store: Store, alert: Alert, action: AlertAction, body: Body): Promise<boolean> {
  const sent = { actor: actorOf(store), ...acting(store), ...body };
  return (await done(store, () => store.api.act(alert.id, action, sent).then(() => true))) !== null;
}

/** The same act on several alerts of a case, each for itself; returns whether all were recorded. */
async function tellEach(store: Store, alerts: Alert[], action: AlertAction, body: Body): Promise<boolean> {
  const sent = { actor: actorOf(store), ...acting(store), ...body };
  let told = 0;
  await done(store, async () => {
    try {
      for (const alert of alerts) {
        await store.api.act(alert.id, action, sent);
        told += 1;
      }
    } catch (cause) {
      if (!told || !(cause instanceof ApiError)) throw cause;
      store.note.value = `Recorded for ${told} of ${alerts.length} alerts only: ${cause.message}`;
    }
  });
  return told === alerts.length;
}

const many = (alerts: Alert[]) =>
  alerts.length > 1 ? `${shipName(alerts[0]!)}, ${alerts.length} alerts` : shipName(alerts[0]!);

/** Acknowledge those of some alerts of one case that nobody has acknowledged yet. */
export async function acknowledge(store: Store, alerts: Alert[]): Promise<void> {
  const open = alerts.filter((alert) => !store.acked.value[alert.id]);
  if (!open.length) store.note.value = `Acknowledged already: ${many(alerts)}`;
  else if (await tellEach(store, open, "ack", {}))
    store.note.value = `Acknowledged: ${many(open)}, by ${actorOf(store)}. It stays in the queue until it is closed.`;
}

export async function comment(store: Store, alert: Alert, text: string): Promise<boolean> {
  const ok = await tell(store, alert, "comment", { text });
  if (ok) store.note.value = `Comment recorded on ${shipName(alert)}`;
  return ok;
}

/** Close alerts of one case with one outcome. */
export async function close(store: Store, alerts: Alert[], outcome: string, text: string): Promise<boolean> {
  const ok = await tellEach(store, alerts, "close", { outcome, text });
  if (ok) store.note.value = `Closed: ${many(alerts)}, outcome ${outcome}`;
  return ok;
}

export async function escalate(store: Store, alert: Alert, to: string): Promise<boolean> {
  const ok = await tell(store, alert, "escalate", { to });
  if (ok) store.note.value = `Escalated to ${to}: recorded. Tell them by voice as well.`;
  return ok;
}

/** One step of the work on an alert: a phase, a point of the list, a call, a promise, a unit, a hold. */
export async function work(store: Store, alert: Alert, action: AlertAction, body: Body): Promise<boolean> {
  return tell(store, alert, action, body);
}

export async function silence(store: Store, alert: Alert, by: string[], minutes: number, text: string) {
  const at = acting(store);
  const from = at.t ?? store.at.value;
  const body = { alert: alert.id, by, until_t: Math.round(from + minutes * 60_000), text };
  const made = await done(store, () => store.api.silence({ actor: actorOf(store), ...at, ...body }));
  if (made)
    store.note.value = `Silent until ${clock(made.until_t)}: ${shipName(alert)}. What is worse or new is heard.`;
  return made;
}

export async function endSilence(store: Store, held: Silence): Promise<void> {
  const ended = await done(store, () =>
    store.api.endSilence(held.id, { actor: actorOf(store), ...acting(store) }),
  );
  if (ended) store.note.value = "Heard again";
}

export async function setPosture(store: Store, level: string, text: string): Promise<boolean> {
  const ok = await done(store, async () => {
    await store.api.posture({ level, text, actor: actorOf(store), ...acting(store) });
    return true;
  });
  if (ok) store.note.value = `Posture ${level}, set by ${actorOf(store)}`;
  return ok !== null;
}

export async function giveWatch(store: Store, text: string): Promise<Handover | null> {
  return done(store, () => store.api.giveWatch({ text, actor: actorOf(store), ...acting(store) }));
}

export async function takeWatch(store: Store, given: Handover): Promise<Handover | null> {
  return done(store, () => store.api.takeWatch(given.id, { actor: actorOf(store), ...acting(store) }));
}
