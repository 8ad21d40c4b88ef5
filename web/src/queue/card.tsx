/** An alert in the queue: tier, ship, what since when, the next asset, the chance, whose waters. In that order. */

import { Exercise } from "../desk/drill";
import type { Alert } from "../model/nouns";
import { relative } from "../ui/format";
import { Simulated } from "../ui/parts";
import { TIER_MEANS, TierWord } from "../ui/tier";
import { chanceText, crossedText, nextText, several, shipName, since, watersText, what } from "./line";

export interface CardProps {
  alert: Alert;
  at: number;
  chosen: boolean;
  ackedBy?: string;
  /** Nobody has acknowledged it in time, or it was escalated. */
  late?: boolean;
  /** Her other alerts, on other assets. */
  also?: Alert[];
  onOpen(): void;
  onFocus?(): void;
}

export function AlertCard({ alert, at, chosen, ackedBy, late, also, onOpen, onFocus }: CardProps) {
  const over = alert.state === "closed" || alert.state === "retracted";
  const crossed = crossedText(alert);
  const critical = alert.tier === "act" && !ackedBy && !over;
  return (
    <li
      class={`card card-${alert.tier}${chosen ? " chosen" : ""}${critical ? " critical" : ""}${over ? " over" : ""}`}
    >
      <button
        type="button"
        class="card-open"
        data-alert={alert.id}
        aria-current={chosen ? "true" : undefined}
        onClick={onOpen}
        onFocus={onFocus}
      >
        <span class="card-head">
          <span title={TIER_MEANS[alert.tier]}>
            <TierWord tier={alert.tier} />
          </span>
          {alert.exercise ? <Exercise /> : (alert.simulated || alert.ship.simulated) && <Simulated />}
          <span class="card-time quiet">
            {over ? (alert.state === "closed" ? "closed" : "withdrawn") : relative(alert.raised_t, at)}
          </span>
        </span>
        <span class="card-ship">
          <strong>{shipName(alert)}</strong> <span class="quiet num">{alert.ship.mmsi}</span>
        </span>
        <span class="card-what">
          {what(alert)} <span class="quiet">{since(alert, at)}</span>
        </span>
        <span class="card-next">
          {crossed && <span class="card-crossed">{crossed}</span>}
          {nextText(alert)}
        </span>
        {!!also?.length && (
          <span class="card-also quiet">also {several(also.map((other) => other.asset.name))}</span>
        )}
        <span class="card-foot">
          <span class="card-chance" title="Chance that this ship damages the asset, as far as can be told">
            {chanceText(alert.risk)}
          </span>
          <span class="quiet">{watersText(alert.waters)}</span>
        </span>
        {(ackedBy || late || alert.state === "lowered" || alert.fault_id || alert.outcome) && (
          <span class="card-marks quiet">
            {late && !over && (
              <span class="late-mark">▲ {ackedBy ? "escalated" : "nobody has acknowledged"}</span>
            )}
            {ackedBy && <span>✓ seen by {ackedBy}</span>}
            {alert.state === "lowered" && <span>↓ lowered from {alert.highest_tier}</span>}
            {alert.fault_id && <span>threshold lowered by a declared fault</span>}
            {alert.outcome && <span>outcome: {alert.outcome}</span>}
          </span>
        )}
      </button>
    </li>
  );
}
