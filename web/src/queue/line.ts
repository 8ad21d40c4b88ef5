/** What an alert says, taken apart for the card: what and since when, the next asset, the chance, the waters. */

import type { Alert, AssetAhead, Waters } from "../model/nouns";
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

export function since(alert: Alert, at: number): string {
  return `since ${clock(alert.start_t)} (${span(at - alert.start_t)})`;
}

/** The asset that comes next, soonest first; null when none lies ahead. */
export function nextAsset(alert: { ahead?: AssetAhead[] }): AssetAhead | null {
  const ahead = [...(alert.ahead ?? [])].sort((a, b) => a.minutes - b.minutes);
  return ahead[0] ?? null;
}

export function nextText(alert: Alert): string {
  const next = nextAsset(alert);
  if (next) return `${next.asset.name} in ${spread(next.minutes, next.minutes_low, next.minutes_high)}`;
  const kp = alert.asset.kp_km;
  return `at ${alert.asset.name}${kp == null ? "" : `, KP ${kp.toFixed(1)}`}`;
}

/** `SwePol crossed 03:45Z`, when the alert's own asset lies behind her already. */
export function crossedText(alert: Alert): string {
  const time = alert.first_line.match(/ crossed (\d\d:\d\dZ)/)?.[1];
  return time ? `${alert.asset.name} crossed ${time}` : "";
}

export function watersText(waters: Waters | string | null | undefined): string {
  if (!waters) return "waters unknown";
  if (typeof waters === "string") return waters;
  const kind = waters.kind && !waters.name.includes(waters.kind) ? ` ${waters.kind}` : "";
  const left = waters.minutes_left == null ? "" : `, out in ${spread(waters.minutes_left)}`;
  return `${waters.name}${kind}${left}`;
}

export const chanceText = (chance: number) => frequency(chance);

export interface Queue {
  /** One a ship: her most urgent alert. */
  cards: Alert[];
  /** By the id of a ship's card: her other alerts, on other assets. */
  also: Record<string, Alert[]>;
  /** One line for many ships that do the same at once. */
  groups: Alert[];
  /** Those of a drill, apart from all that is real. */
  exercise: Alert[];
  notices: Alert[];
  silent: Alert[];
  closed: Alert[];
}

const rank = (alert: Alert) => TIERS.indexOf(alert.tier);

/** Most urgent first; within a tier the one that reaches an asset first. */
export function urgency(a: Alert, b: Alert): number {
  const minutes = (alert: Alert) => nextAsset(alert)?.minutes ?? 0;
  return rank(b) - rank(a) || minutes(a) - minutes(b) || b.risk - a.risk || a.id.localeCompare(b.id);
}

export function arrange(alerts: Alert[], isSilent: (alert: Alert) => boolean): Queue {
  const queue: Queue = { cards: [], also: {}, groups: [], exercise: [], notices: [], silent: [], closed: [] };
  const grouped = new Map<string, Alert>();
  for (const alert of [...alerts].sort(urgency)) {
    const over = alert.state === "closed" || alert.state === "retracted";
    if (over) queue.closed.push(alert);
    else if (alert.exercise) {
      const head = queue.exercise.find((a) => a.ship.mmsi === alert.ship.mmsi);
      if (head) queue.also[head.id] = [...(queue.also[head.id] ?? []), alert];
      else queue.exercise.push(alert);
    } else if (isSilent(alert)) queue.silent.push(alert);
    else if ((alert.group_size ?? 1) > 1) {
      const head = grouped.get(alert.group || alert.id);
      if (!head) {
        grouped.set(alert.group || alert.id, alert);
        queue.groups.push(alert);
      }
    } else {
      const list = alert.tier === "notice" ? queue.notices : queue.cards;
      const head = [...queue.cards, ...queue.notices].find((a) => a.ship.mmsi === alert.ship.mmsi);
      if (head) queue.also[head.id] = [...(queue.also[head.id] ?? []), alert];
      else list.push(alert);
    }
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
