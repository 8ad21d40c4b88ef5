/** A case's alerts, one for each asset's owner to answer: which, when, whom to call, and what was done about each. */

import { isOver, type Row } from "../live/cases";
import { openAlert, type Store } from "../live/store";
import type { CaseLine } from "../model/answers";
import type { Alert } from "../model/nouns";
import { several } from "../queue/line";
import { frequency } from "../ui/format";
import { TIER_WORDS, TierSign } from "../ui/tier";
import "./case.css";

/** So many of those that are open stand in sight; the rest can be unfolded. */
const SHOWN = 5;

/** `in 12 min` as of a time on screen, or where she is or was: `crossed 10:28Z`. */
export function whenText(line: CaseLine | undefined, told_t: number, at: number): string {
  if (line?.minutes == null) return line?.when ?? "";
  const left = Math.round(line.minutes - Math.max(0, at - told_t) / 60_000);
  return left > 0 ? `in ${left} min` : "now";
}

function done(store: Store, alert: Alert): string {
  const by = store.acked.value[alert.id];
  if (isOver(alert)) return alert.outcome ? `closed: ${alert.outcome}` : alert.state;
  if (store.desk.value?.silenced[alert.id]) return "silenced";
  if (by) return `✓ ${by}`;
  return store.desk.value?.escalated.includes(alert.id) ? "▲ not acknowledged" : "";
}

function Line({ store, row, one, chosen }: { store: Store; row: Row; one: Alert; chosen: boolean }) {
  const line = row.told?.lines.find((held) => held.alert === one.id);
  const when = whenText(line, row.told?.updated_t ?? 0, store.at.value);
  const whom = [line?.owner, line?.call && `call ${line.call}`].filter(Boolean).join(" · ");
  const state = done(store, one);
  return (
    <li class={isOver(one) ? "over" : ""}>
      <button
        type="button"
        class="case-line"
        aria-current={chosen ? "true" : undefined}
        onClick={() => openAlert(store, one)}
      >
        <TierSign tier={one.tier} size={12} />
        <span class="sr-only">{TIER_WORDS[one.tier]}</span>
        <strong>{one.asset.name}</strong>
        <span class="num">{when}</span>
        <span class="num quiet">{frequency(one.risk)}</span>
        {(whom || state) && (
          <span class="case-who quiet">
            {whom}
            {whom && state ? " · " : ""}
            {state}
          </span>
        )}
      </button>
    </li>
  );
}

export function CaseSection({ store, row, alert }: { store: Store; row: Row; alert: Alert }) {
  if (row.alerts.length < 2) return null;
  const open = row.alerts.filter((one) => !isOver(one));
  const shown = (open.length ? open : row.alerts).slice(0, SHOWN);
  const rest = row.alerts.filter((one) => !shown.includes(one));
  const lines = (alerts: Alert[]) => (
    <ul class="case-lines">
      {alerts.map((one) => (
        <Line key={one.id} store={store} row={row} one={one} chosen={one.id === alert.id} />
      ))}
    </ul>
  );
  return (
    <section class="case" aria-label="Alerts of this case">
      <p>
        <strong>
          One case, <span class="num">{row.alerts.length}</span> alerts
        </strong>{" "}
        <span class="quiet">
          {open.length < row.alerts.length ? `${open.length} of them open` : "one an asset"}
        </span>
      </p>
      {lines(shown)}
      {rest.length > 0 && (
        <details class="fold" open={rest.some((one) => one.id === alert.id)}>
          <summary>
            {rest.length} more: {several(rest.map((one) => one.asset.name))}
          </summary>
          {lines(rest)}
        </details>
      )}
    </section>
  );
}
