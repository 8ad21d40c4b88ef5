/** Findings: what was seen, between which times, with every measured value, its error and its threshold. */

import type { Finding } from "../model/nouns";
import { clock, measured, span, words } from "../ui/format";

export function FindingItem({
  finding,
  at,
  onStretch,
}: {
  finding: Finding;
  at: number;
  onStretch?: (f: Finding) => void;
}) {
  const open = finding.end_t == null;
  const end = finding.end_t ?? at;
  return (
    <li class={`finding${finding.state === "retracted" ? " over" : ""}`}>
      <details>
        <summary>
          <strong>{words(finding.kind)}</strong>
          {finding.asset && (
            <>
              {" "}
              · {finding.asset.name}
              {finding.asset.kp_km != null && ` KP ${finding.asset.kp_km.toFixed(1)}`}
            </>
          )}
          <span class="quiet num">
            {" "}
            {clock(finding.start_t)}
            {end - finding.start_t > 59_000 &&
              `–${open ? "now" : clock(end)} (${span(end - finding.start_t)})`}
          </span>
          {finding.state === "retracted" && (
            <span class="quiet"> withdrawn: {finding.why_retracted || "no longer holds"}</span>
          )}
        </summary>
        <dl class="measures">
          {(finding.measured ?? []).map((m) => {
            const limit = finding.thresholds?.find((t) => t.name === m.name);
            return (
              <div key={m.name}>
                <dt>{words(m.name)}</dt>
                <dd class="num">
                  {measured(m.value, m.unit, m.sigma)}
                  {limit && <span class="quiet"> threshold {measured(limit.value, limit.unit)}</span>}
                </dd>
              </div>
            );
          })}
        </dl>
        {finding.input_quality && (
          <p class="quiet num">
            {finding.input_quality.positions} positions, longest gap{" "}
            {finding.input_quality.longest_gap_s == null
              ? "unknown"
              : span(finding.input_quality.longest_gap_s * 1000)}
            , {finding.input_quality.doubted} doubted; weakest: {words(finding.input_quality.provenance)}
          </p>
        )}
        <p class="quiet num">
          {finding.id} · revision {finding.revision} · known {clock(finding.known_from_t)}
        </p>
        {onStretch && (
          <button type="button" class="link" onClick={() => onStretch(finding)}>
            show the stretch on chart and map
          </button>
        )}
      </details>
    </li>
  );
}
