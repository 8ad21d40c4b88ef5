/** What a case says, taken apart for the card: what and since when, the next asset, the chance, the waters. */

import { nextAsset, passed, type Row } from "../live/cases";
import type { Alert, Waters } from "../model/nouns";
import { TIERS } from "../model/nouns";
import { clock, frequency, span, spread } from "../ui/format";

/** The part of the first line that says what is seen: `anchor out?`, `slowing without reason`. */
export function what(alert: Alert): string {
  const parts = alert.first_line.split(" · ");
  const part = parts.find((p) => / since /.test(p)) ?? parts[2] ?? alert.reasons?.[0]?.text ?? "observed";
  return part.replace(/ since .*$/, "").trim();
}

export function shipName(alert: { ship: Alert["ship"] }): string {
  return alert.ship.name || `MMSI ${alert.ship.mmsi}`;
}

/** Since when the case is seen: since its first alert's beginning. */
export function since(row: Row, at: number): string {
  const start = Math.min(...row.asking.map((alert) => alert.start_t));
  return `since ${clock(start)} (${span(at - start)})`;
}

export function nextText(row: Row, at: number): string {
  const next = nextAsset(row, at);
  if (next) return `${next.asset.name} in ${spread(next.minutes, next.minutes_low, next.minutes_high)}`;
  if (passed(row.head)) return "";
  const { name, kp_km: kp } = row.head.asset;
  return `at ${name}${kp == null ? "" : `, KP ${kp.toFixed(1)}`}`;
}

/** `SwePol crossed 03:45Z`, `SwePol 350 m off`, when the alert's own asset lies behind her or beside her already. */
export function passedText(alert: Alert): string {
  const when = passed(alert);
  return when && `${alert.asset.name} ${when}`;
}

export function watersText(waters: Waters | string | null | undefined): string {
  if (!waters) return "waters unknown";
  if (typeof waters === "string") return waters;
  const kind = waters.kind && !waters.name.includes(waters.kind) ? ` ${waters.kind}` : "";
  const left = waters.minutes_left == null ? "" : `, out in ${spread(waters.minutes_left)}`;
  return `${waters.name}${kind}${left}`;
}

export const chanceText = (chance: number) => frequency(chance);

/** The assets of a case by name: `5 assets: Kontek, SwePol, NordBalt and 2 more`; nothing where it has one. */
export function assetsText(row: Row): string {
  const names = [...new Set(row.asking.map((alert) => alert.asset.name))];
  return names.length > 1 ? `${names.length} assets: ${several(names)}` : "";
}

/** Rows are cases, each in one of these lists. */
export interface Queue {
  cards: Row[];
  /** One line for many ships that do the same at once. */
  groups: Row[];
  /** Those of a drill, apart from all that is real. */
  exercise: Row[];
  notices: Row[];
  silent: Row[];
  closed: Row[];
}

export function arrange(rows: Row[]): Queue {
  const queue: Queue = { cards: [], groups: [], exercise: [], notices: [], silent: [], closed: [] };
  for (const row of rows) {
    if (row.over) queue.closed.push(row);
    else if (row.head.exercise) queue.exercise.push(row);
    else if (row.silent) queue.silent.push(row);
    else if ((row.head.group_size ?? 1) > 1) queue.groups.push(row);
    else if (row.head.tier === "notice") queue.notices.push(row);
    else queue.cards.push(row);
  }
  return queue;
}

/** `weather: 38 ships, median -9 %`: the first line without its tier. */
export function groupText(alert: Alert): string {
  const parts = alert.first_line.split(" · ");
  const rest = TIERS.some((t) => parts[0]?.toLowerCase().endsWith(t)) ? parts.slice(1) : parts;
  const line = rest.join(" · ");
  return line.includes("ships") ? line : `${alert.group_size} ships do the same: ${line}`;
}

/** The first few of many names: `Kontek, SwePol and 8 more`. */
export function several(names: string[], most = 3): string {
  const all = [...new Set(names)];
  if (all.length <= most + 1) return all.join(", ");
  return `${all.slice(0, most).join(", ")} and ${all.length - most} more`;
}
