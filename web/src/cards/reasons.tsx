/** Speaks for | speaks against, side by side; each line with its value, its threshold and its stretch of track. */

import type { Finding, Reason } from "../model/nouns";
import { clock, measured, words } from "../ui/format";

export interface Stretch {
  from: number;
  to: number;
}

interface Backing {
  value: string;
  threshold: string;
  stretch: Stretch | null;
}

/** What lies behind a reason: the measured value of its name in the newest finding that has it. */
export function backing(reason: Reason, findings: Finding[], at: number): Backing {
  const none: Backing = { value: "", threshold: "", stretch: null };
  if (!reason.measure) return none;
  for (const finding of [...findings].sort((a, b) => b.known_from_t - a.known_from_t)) {
    const value = finding.measured?.find((m) => m.name === reason.measure);
    if (!value) continue;
    const limit = finding.thresholds?.find((t) => t.name === reason.measure);
    const exact = value.unit !== "ln odds"; // the bars tell these
    return {
      value: exact ? measured(value.value, value.unit, value.sigma) : "",
      threshold: exact && limit ? measured(limit.value, limit.unit) : "",
      stretch: { from: finding.start_t, to: finding.end_t ?? at },
    };
  }
  return none;
}

/** Strength in four steps, drawn as bars: the log-odds themselves would feign exactness. */
export function strength(weight: number | undefined): 0 | 1 | 2 | 3 {
  const w = Math.abs(weight ?? 0);
  return w >= 2 ? 3 : w >= 0.9 ? 2 : w > 0.05 ? 1 : 0;
}

const STRENGTH = ["of no weight", "weak", "clear", "strong"];

function Line({
  reason,
  findings,
  at,
  onStretch,
}: {
  reason: Reason;
  findings: Finding[];
  at: number;
  onStretch?: (s: Stretch) => void;
}) {
  const back = backing(reason, findings, at);
  const level = strength(reason.weight);
  return (
    <li>
      <span class="strength" title={STRENGTH[level]}>
        <span class="sr-only">{STRENGTH[level]}: </span>
        {[1, 2, 3].map((i) => (
          <i key={i} class={i <= level ? "on" : ""} />
        ))}
      </span>
      <span>
        {reason.text}
        {back.value && (
          <span class="reason-values num">
            {words(reason.measure!)} {back.value}
            {back.threshold && <span class="quiet"> · threshold {back.threshold}</span>}
          </span>
        )}
        {back.stretch && onStretch && (
          <button type="button" class="link" onClick={() => onStretch(back.stretch!)}>
            track {clock(back.stretch.from)}–{clock(back.stretch.to)}
          </button>
        )}
      </span>
    </li>
  );
}

export function ForAndAgainst({
  speaksFor,
  against,
  findings = [],
  at,
  onStretch,
}: {
  speaksFor: Reason[];
  against: Reason[];
  findings?: Finding[];
  at: number;
  onStretch?: (s: Stretch) => void;
}) {
  const side = (title: string, reasons: Reason[], empty: string, tone: string) => (
    <div class={`side side-${tone}`}>
      <h4>{title}</h4>
      {reasons.length ? (
        <ul>
          {reasons.map((reason) => (
            <Line key={reason.text} reason={reason} findings={findings} at={at} onStretch={onStretch} />
          ))}
        </ul>
      ) : (
        <p class="quiet">{empty}</p>
      )}
    </div>
  );
  return (
    <div class="sides">
      {side("Speaks for", speaksFor, "Nothing so far.", "for")}
      {side(
        "Speaks against",
        against,
        "Nothing was found that speaks against it. That is weak evidence: look yourself.",
        "against",
      )}
    </div>
  );
}
