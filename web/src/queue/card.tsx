/** A case in the queue: tier, ship, what since when, the next asset, the chance, whose waters. In that order. */

import { Exercise } from "../desk/drill";
import { isOver, type Row, riskOf } from "../live/cases";
import { relative } from "../ui/format";
import { Simulated } from "../ui/parts";
import { TIER_MEANS, TierWord } from "../ui/tier";
import { assetsText, chanceText, nextText, passedText, shipName, since, watersText, what } from "./line";

export interface CardProps {
  row: Row;
  at: number;
  chosen: boolean;
  /** Who has acknowledged, by alert. */
  acked?: Record<string, string>;
  /** Alerts that nobody has acknowledged in time, or that were escalated. */
  late?: string[];
  onOpen(): void;
  onFocus?(): void;
}

export function CaseCard({ row, at, chosen, acked = {}, late = [], onOpen, onFocus }: CardProps) {
  const { head, asking, over } = row;
  const behind = passedText(head);
  const critical = !over && asking.some((alert) => alert.tier === "act" && !acked[alert.id]);
  const assets = assetsText(row);
  return (
    <li
      class={`card card-${head.tier}${chosen ? " chosen" : ""}${critical ? " critical" : ""}${over ? " over" : ""}`}
    >
      <button
        type="button"
        class="card-open"
        data-alert={head.id}
        data-case={row.id}
        aria-current={chosen ? "true" : undefined}
        onClick={onOpen}
        onFocus={onFocus}
      >
        <span class="card-head">
          <span title={TIER_MEANS[head.tier]}>
            <TierWord tier={head.tier} />
          </span>
          {head.exercise ? <Exercise /> : (head.simulated || head.ship.simulated) && <Simulated />}
          <span class="card-time quiet">
            {over
              ? head.state === "closed"
                ? "closed"
                : "withdrawn"
              : relative(Math.min(...asking.map((alert) => alert.raised_t)), at)}
          </span>
        </span>
        <span class="card-ship">
          <strong>{shipName(head)}</strong> <span class="quiet num">{head.ship.mmsi}</span>
        </span>
        <span class="card-what">
          {what(head)} <span class="quiet">{since(row, at)}</span>
        </span>
        <span class="card-next">
          {behind && <span class="card-crossed">{behind}</span>}
          {nextText(row, at)}
        </span>
        {assets && <span class="card-assets quiet">{assets}</span>}
        <span class="card-foot">
          <span class="card-chance" title="Chance that this ship damages an asset, as far as can be told">
            {chanceText(riskOf(row))}
          </span>
          <span class="quiet">{watersText(head.waters)}</span>
        </span>
        <Marks row={row} acked={acked} late={late} />
      </button>
    </li>
  );
}

/** What people have done, and have not: where it is not the same for all alerts of a case, of how many it is so. */
function Marks({ row, acked, late }: { row: Row; acked: Record<string, string>; late: string[] }) {
  const { asking, head } = row;
  const seen = asking.filter((alert) => acked[alert.id]);
  const waits = asking.filter((alert) => late.includes(alert.id) && !isOver(alert));
  const unseen = waits.filter((alert) => !acked[alert.id]);
  const part = (some: unknown[]) =>
    some.length < asking.length ? ` ${some.length} of ${asking.length}` : "";
  const names = [...new Set(seen.map((alert) => acked[alert.id]))].join(", ");
  const lowered = !row.over && asking.every((alert) => alert.state === "lowered");
  const outcomes = [...new Set(asking.map((alert) => alert.outcome).filter(Boolean))];
  if (!seen.length && !waits.length && !lowered && !head.fault_id && !outcomes.length) return null;
  return (
    <span class="card-marks quiet">
      {waits.length > 0 && (
        <span class="late-mark">
          ▲ {unseen.length ? `nobody has acknowledged${part(unseen)}` : "escalated"}
        </span>
      )}
      {seen.length > 0 && (
        <span>
          ✓{part(seen)} seen by {names}
        </span>
      )}
      {lowered && <span>↓ lowered from {head.highest_tier}</span>}
      {head.fault_id && <span>threshold lowered by a declared fault</span>}
      {outcomes.length > 0 && <span>outcome: {outcomes.join("; ")}</span>}
    </span>
  );
}
