/** The strip of a time line: traffic density, alert ticks, outages hatched, the time on screen. */

import type { Timeline } from "../model/answers";
import { clock } from "../ui/format";

const H = 40;

/** One area of the density, as a path in a box of 1000 by H. */
export function densityPath(density: number[], height = H): string {
  if (!density.length) return "";
  // one crowded bin, such as the first of a recording, must not flatten all others
  const top = Math.max(1, [...density].sort((a, b) => a - b)[Math.floor(density.length * 0.97)]!);
  const step = 1000 / density.length;
  const points = density.map((d, i) => {
    const y = (height - Math.min(1, d / top) * (height - 6)).toFixed(1);
    return `L${(i * step).toFixed(1)} ${y}L${((i + 1) * step).toFixed(1)} ${y}`;
  });
  return `M0 ${height}${points.join("")}L1000 ${height}Z`;
}

/** Whole hours for the scale, at most ten. */
export function hours(from: number, to: number): number[] {
  const hour = 3_600_000;
  const step = [1, 2, 3, 4, 6, 12, 24, 48].find((s) => (to - from) / (s * hour) <= 9) ?? 96;
  const found: number[] = [];
  for (let t = Math.ceil(from / (step * hour)) * step * hour; t <= to; t += step * hour) found.push(t);
  return found;
}

export function Strip({
  line,
  from,
  to,
  at,
}: {
  line: Timeline | null;
  from: number;
  to: number;
  at: number;
}) {
  const x = (t: number) => ((Math.min(Math.max(t, from), to) - from) / Math.max(1, to - from)) * 1000;
  const percent = (t: number) => `${x(t) / 10}%`;
  return (
    <div class="strip" aria-hidden="true">
      <svg aria-hidden="true" viewBox={`0 0 1000 ${H}`} preserveAspectRatio="none" width="100%" height={H}>
        <defs>
          <pattern
            id="hatch"
            width="5"
            height="5"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="2" height="5" fill="var(--edge)" />
          </pattern>
        </defs>
        {line && <path class="density" d={densityPath(line.density)} />}
        {line?.outages.map(([a, b]) => (
          <rect
            key={a}
            class="outage"
            x={x(a)}
            width={Math.max(1, x(b) - x(a))}
            y="0"
            height={H}
            fill="url(#hatch)"
          />
        ))}
      </svg>
      {line?.findings.slice(0, 400).map((f, i) => (
        <i key={i} class="finding-tick" style={{ left: percent(f.t) }} />
      ))}
      {line?.alerts.map((a) => (
        <i key={a.id} class={`alert-tick tier-${a.tier}`} style={{ left: percent(a.t) }} />
      ))}
      {hours(from, to).map((t) => (
        <span key={t} class="hour num" style={{ left: percent(t) }}>
          {clock(t).slice(0, 5)}
        </span>
      ))}
      <b class="playhead" style={{ left: percent(at) }} />
    </div>
  );
}
