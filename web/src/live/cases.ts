/** Cases as the server tells them, each with the alerts of it that are known here. Nothing is folded by the page. */

import { batch } from "@preact/signals";
import type { Case } from "../model/answers";
import type { Alert, AssetAhead } from "../model/nouns";
import { TIERS } from "../model/nouns";
import type { Store } from "./store";

/** One case: what the queue shows as one row. */
export interface Row {
  /** Of the case. */
  id: string;
  /** The case as it was told; null for an alert that is in none. */
  told: Case | null;
  /** Its worst alert: of those that ask, else of all. */
  head: Alert;
  /** Those that stand and are not silenced, the worst first; all of them where there is none. */
  asking: Alert[];
  /** Every alert of it, the worst first. */
  alerts: Alert[];
  /** Whether no alert of it stands any more. */
  over: boolean;
  /** Whether all that stand are silenced. */
  silent: boolean;
}

export const isOver = (alert: Alert) => alert.state === "closed" || alert.state === "retracted";

/** Alerts as rows, one a case. An alert that is in no case that was told yet is a row by itself. */
export function rowsOf(alerts: Alert[], cases: Case[], silenced: Record<string, string> = {}): Row[] {
  const known = new Map(alerts.map((alert) => [alert.id, alert]));
  const rows: Row[] = [];
  const add = (id: string, told: Case | null, held: Alert[]) => {
    const standing = held.filter((alert) => !isOver(alert));
    const heard = standing.filter((alert) => !silenced[alert.id]);
    const asking = heard.length ? heard : standing.length ? standing : held;
    const [over, silent] = [!standing.length, standing.length > 0 && !heard.length];
    rows.push({ id, told, head: asking[0]!, asking, alerts: held, over, silent });
  };
  for (const told of cases) {
    const held = told.lines.map((line) => known.get(line.alert)).filter((alert) => alert !== undefined);
    for (const alert of held) known.delete(alert.id);
    if (held.length) add(told.id, told, held);
  }
  for (const alert of known.values()) add(alert.id, null, [alert]);
  return rows.sort(urgency);
}

export const isIn = (row: Row, alert: string) => row.alerts.some((one) => one.id === alert);

/** The row that an alert is in. */
export const rowWith = (rows: Row[], alert: string) => rows.find((row) => isIn(row, alert));

/** What an acknowledgement of an alert covers: all of its case that ask, for they stand in the queue as one. */
export function covered(rows: Row[], alert: Alert): Alert[] {
  const row = rowWith(rows, alert.id);
  return row && !row.over && row.asking.some((one) => one.id === alert.id) ? row.asking : [alert];
}

/** An asset that she is likely to cross is told as next: the server's messages hold it so too. */
const LIKELY = 0.5;

/**
 * The asset that a ship likely reaches next, with the minutes left at a time; null when none is likely.
 *
 * @param ahead - What lies ahead of her, as told.
 * @param told_t - When that was told, ms.
 * @param own - An asset that counts however unlikely: the one that an alert is about.
 */
export function nextOf(ahead: AssetAhead[], told_t: number, at: number, own = ""): AssetAhead | null {
  const gone = Math.max(0, at - told_t) / 60_000;
  const coming = ahead.filter((one) => one.minutes_high >= gone).sort((a, b) => a.minutes - b.minutes);
  const next =
    coming.find((one) => one.chance >= LIKELY) ?? coming.find((one) => one.asset.id === own) ?? null;
  if (!next) return null;
  const left = (minutes: number) => Math.max(0, minutes - gone);
  const { minutes, minutes_low: low, minutes_high: high } = next;
  return { ...next, minutes: left(minutes), minutes_low: left(low), minutes_high: left(high) };
}

/** Where an alert's first line says that she was at its asset, or passed it: `crossed 10:28Z`, `350 m off`. */
export const passed = (alert: Alert) => alert.first_line.match(/ (crossed \d\d:\d\dZ|\d+ m off)/)?.[1] ?? "";

/** The next asset of a case, by the newest of its alerts. */
export function nextAsset(row: Row, at: number): AssetAhead | null {
  const newest = row.asking.reduce((a, b) => (b.updated_t > a.updated_t ? b : a));
  const own = passed(row.head) ? "" : row.head.asset.id;
  return nextOf(newest.ahead ?? [], newest.updated_t, at, own);
}

const rank = (row: Row) => TIERS.indexOf(row.head.tier);
export const riskOf = (row: Row) => Math.max(...row.asking.map((alert) => alert.risk));

/** Most urgent first; within a tier the one that reaches an asset first. */
export function urgency(a: Row, b: Row): number {
  const minutes = (row: Row) => nextAsset(row, 0)?.minutes ?? 0;
  return rank(b) - rank(a) || minutes(a) - minutes(b) || riskOf(b) - riskOf(a) || a.id.localeCompare(b.id);
}

/** Ask for alerts and their cases. Alerts are shown even where nobody can say their cases. */
export async function takeAlerts(store: Store, at: number): Promise<void> {
  const when = store.asKnown.peek() ? at : null;
  const [alerts, cases] = await Promise.allSettled([store.api.alerts(when), store.api.cases(when)]);
  if (alerts.status === "rejected") throw alerts.reason;
  batch(() => {
    store.alerts.value = alerts.value.filter((alert) => alert.raised_t <= at || alert.start_t <= at);
    if (cases.status === "fulfilled") store.cases.value = cases.value;
  });
  if (cases.status === "rejected") throw cases.reason;
}
