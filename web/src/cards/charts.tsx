/** Three charts on one time axis: speed against her own expected band, course and heading, depth. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Maybe, TrackColumns } from "../model/answers";
import { clock, knots, metres } from "../ui/format";
import type { Tokens } from "../ui/tokens";

export interface ChartProps {
  track: TrackColumns;
  at: number;
  tokens: Tokens;
  stretch: [number, number] | null;
  onTime?: (t: number) => void;
}

interface Series {
  label: string;
  values: Maybe[];
  colour: string;
  dots?: boolean;
  dash?: number[];
  hidden?: boolean;
}

const off = (a: Maybe[], b: Maybe[], k: number): Maybe[] =>
  a.map((v, i) => (v == null || b[i] == null ? null : v + k * b[i]!));

/** How far her bow points off the way she goes, -180..180: what a dragged anchor or a cross wind does. */
export function headingLessCourse(track: TrackColumns): Maybe[] {
  return track.heading_deg.map((h, i) => {
    const c = track.cog_deg[i];
    return h == null || c == null ? null : ((((h - c + 180) % 360) + 360) % 360) - 180;
  });
}

/** Grouped so that a test can read it: what each chart draws, in its order. */
export function plots(track: TrackColumns, t: Tokens) {
  const upper = off(track.expected_sog_kn, track.expected_sigma_kn, 2);
  const lower = off(track.expected_sog_kn, track.expected_sigma_kn, -2).map((v) =>
    v == null ? null : Math.max(0, v),
  );
  const drift = headingLessCourse(track);
  return [
    {
      title: "Speed, kn",
      height: 136,
      series: [
        { label: "expected, upper", values: upper, colour: "transparent", hidden: true },
        { label: "expected, lower", values: lower, colour: "transparent", hidden: true },
        { label: "expected", values: track.expected_sog_kn, colour: t.band, dash: [4, 3] },
        { label: "speed", values: track.sog_kn, colour: t.text },
      ] as Series[],
      band: [1, 2] as [number, number] | null,
      range: (lo: number, hi: number): [number, number] => [Math.min(0, lo), Math.max(4, hi * 1.1)],
      flip: false,
    },
    {
      title: "Course and heading, °",
      height: 104,
      series: [
        { label: "course", values: track.cog_deg, colour: t.accent, dots: true },
        { label: "heading", values: track.heading_deg, colour: t.challenge, dots: true },
      ] as Series[],
      band: null,
      range: (): [number, number] => [0, 360],
      flip: false,
    },
    ...(drift.some((v) => v != null)
      ? [
          {
            title: "Heading less course, °",
            height: 80,
            series: [
              { label: "heading less course", values: drift, colour: t.challenge, dots: true },
            ] as Series[],
            band: null,
            range: (lo: number, hi: number): [number, number] => {
              const wide = Math.max(20, Math.abs(lo), Math.abs(hi));
              return [-wide, wide];
            },
            flip: false,
          },
        ]
      : []),
    {
      title: "Depth of water, m",
      height: 104,
      series: [
        {
          label: "upper",
          values: off(track.depth_m, track.depth_sigma_m, 1),
          colour: "transparent",
          hidden: true,
        },
        {
          label: "lower",
          values: off(track.depth_m, track.depth_sigma_m, -1).map((v) => (v == null ? null : Math.max(0, v))),
          colour: "transparent",
          hidden: true,
        },
        { label: "depth", values: track.depth_m, colour: t.gas },
      ] as Series[],
      band: [1, 2] as [number, number] | null,
      range: (_lo: number, hi: number): [number, number] => [0, Math.max(20, (hi || 0) * 1.1)],
      flip: true,
    },
  ];
}

/** The charts in words, for those who hear them. */
export function spoken(track: TrackColumns): string {
  const speeds = track.sog_kn.filter((v): v is number => v != null);
  if (!speeds.length) return "No speed was reported.";
  const slow = Math.min(...speeds);
  const when = track.t[track.sog_kn.indexOf(slow)]!;
  const crossings = track.crossings.map((c) => `${c.name} at ${clock(c.t)}`).join(", ");
  return `Speed from ${knots(slow)} at ${clock(when)} to ${knots(Math.max(...speeds))}, last ${knots(speeds.at(-1))}; depth last ${metres(track.depth_m.at(-1))}. ${crossings ? `Crossed ${crossings}.` : "No crossing."}`;
}

/** Marks drawn over a chart: crossings, the stretch a reason speaks of, the time on screen. */
function marks(props: { current: ChartProps }, title: string, named: boolean) {
  return (u: uPlot) => {
    const { track, at, tokens, stretch } = props.current;
    const { ctx } = u;
    const { left, top, width, height } = u.bbox;
    const px = devicePixelRatio || 1;
    const x = (t: number) => u.valToPos(t / 1000, "x", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top - 14 * px, width, height + 14 * px);
    ctx.clip();
    if (stretch) {
      ctx.fillStyle = tokens.challenge;
      ctx.globalAlpha = 0.16;
      ctx.fillRect(x(stretch[0]), top, Math.max(2 * px, x(stretch[1]) - x(stretch[0])), height);
      ctx.globalAlpha = 1;
    }
    ctx.font = `${10 * px}px "Inter Variable", sans-serif`;
    ctx.fillStyle = tokens.quiet;
    ctx.textAlign = "left";
    // the speed's corner below is free while she sails; elsewhere the one above is
    ctx.fillText(title, left + 4 * px, named ? top + height - 5 * px : top + 12 * px);
    let free = Number.NEGATIVE_INFINITY;
    for (const crossing of track.crossings) {
      const at = x(crossing.t);
      ctx.strokeStyle = tokens.quiet;
      ctx.setLineDash([3 * px, 3 * px]);
      ctx.lineWidth = px;
      ctx.beginPath();
      ctx.moveTo(at, top);
      ctx.lineTo(at, top + height);
      ctx.stroke();
      ctx.setLineDash([]);
      if (!named) continue;
      const name = crossing.name.length > 20 ? `${crossing.name.slice(0, 18)}…` : crossing.name;
      const wide = ctx.measureText(name).width;
      const start = Math.min(at + 3 * px, left + width - wide);
      if (start > free) {
        ctx.fillStyle = tokens.text;
        ctx.textAlign = "left";
        ctx.fillText(name, start, top - 3 * px);
        free = start + wide + 6 * px;
      }
    }
    ctx.strokeStyle = tokens.accent;
    ctx.lineWidth = 1.5 * px;
    ctx.beginPath();
    ctx.moveTo(x(at), top);
    ctx.lineTo(x(at), top + height);
    ctx.stroke();
    ctx.restore();
  };
}

export function Charts(props: ChartProps) {
  const { track, tokens } = props;
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<uPlot[]>([]);
  const live = useRef(props);
  live.current = props;
  const shapes = useMemo(() => plots(track, tokens), [track, tokens]);
  const seconds = useMemo(() => track.t.map((t) => t / 1000), [track]);

  useEffect(() => {
    const box = place.current;
    if (!box || !track.t.length) return;
    const sync = uPlot.sync("ship");
    const width = Math.max(240, box.clientWidth);
    const axis = {
      stroke: tokens.quiet,
      grid: { stroke: tokens.line, width: 1 },
      ticks: { show: false },
      font: '11px "Inter Variable", sans-serif',
    };
    made.current = shapes.map((shape, i) => {
      const last = i === shapes.length - 1;
      const plot = new uPlot(
        {
          width,
          height: shape.height + (last ? 20 : 0),
          padding: [i === 0 ? 16 : 8, 16, last ? 0 : 8, 0],
          cursor: { sync: { key: sync.key }, y: false, points: { size: 6 } },
          legend: { show: false },
          scales: {
            x: { time: true },
            y: { range: (_u, lo, hi) => shape.range(lo ?? 0, hi ?? 0), dir: shape.flip ? -1 : 1 },
          },
          axes: [
            {
              ...axis,
              show: last,
              size: 22,
              values: (_u, ticks) => ticks.map((s) => clock(s * 1000).slice(0, 5)),
            },
            {
              ...axis,
              size: 36,
              gap: 4,
              space: 28,
              ...(shape.range(0, 0)[1] === 360 ? { splits: () => [0, 90, 180, 270, 360] } : {}),
            },
          ],
          series: [
            {},
            ...shape.series.map((s) => ({
              label: s.label,
              stroke: s.colour,
              width: s.hidden || s.dots ? 0 : 1.5,
              dash: s.dash,
              spanGaps: false,
              points: {
                show: !s.hidden && (s.dots || track.t.length < 40),
                size: 4,
                fill: s.colour,
                stroke: s.colour,
              },
            })),
          ],
          bands: shape.band ? [{ series: shape.band, fill: `${tokens.band}2e` }] : [],
          hooks: { draw: [marks(live, shape.title, i === 0)] },
          tzDate: (s) => uPlot.tzDate(new Date(s * 1e3), "Etc/UTC"),
        },
        [seconds, ...shape.series.map((s) => s.values)] as uPlot.AlignedData,
        box,
      );
      plot.over.addEventListener("click", () => {
        const row = plot.cursor.idx;
        if (row != null) live.current.onTime?.(track.t[row]!);
      });
      sync.sub(plot);
      return plot;
    });
    const watch = new ResizeObserver(() => {
      for (const [i, plot] of made.current.entries()) {
        const height = shapes[i]!.height + (i === shapes.length - 1 ? 20 : 0);
        if (box.clientWidth > 0 && box.clientWidth !== plot.width)
          plot.setSize({ width: box.clientWidth, height });
      }
    });
    watch.observe(box);
    return () => {
      watch.disconnect();
      for (const plot of made.current) {
        sync.unsub(plot);
        plot.destroy();
      }
      made.current = [];
    };
  }, [shapes, seconds, tokens, track]);

  useEffect(() => {
    for (const plot of made.current) plot.redraw(false);
  }, [props.at, props.stretch]);

  if (!track.t.length)
    return <p class="empty">No position of this ship was received in the 12 hours before this time.</p>;
  const doubted = track.told_sog_kn?.filter((told) => told != null).length ?? 0;
  const sparse = track.provenance.some((p) => p === 1 || p === "key_frame" || p === "KEY_FRAME");
  return (
    <figure class="charts">
      <div ref={place} role="img" aria-label={spoken(track)} />
      <figcaption>
        <span>
          <i class="swatch" style={{ background: tokens.text }} /> speed, kn
        </span>
        <span>
          <i class="swatch area" /> expected of her ±2σ
        </span>
        <span>
          <i class="swatch dot" style={{ background: tokens.accent }} /> course
        </span>
        <span>
          <i class="swatch dot" style={{ background: tokens.challenge }} /> heading
        </span>
        <span>
          <i class="swatch" style={{ background: tokens.gas }} /> depth, m
        </span>
        <span>
          <i class="swatch tall" /> crossing
        </span>
      </figcaption>
      {doubted > 0 && (
        <p class="quiet">
          {doubted} reported {doubted === 1 ? "speed is" : "speeds are"} doubted: the speed of the way made is
          drawn.
        </p>
      )}
      {sparse && (
        <p class="quiet">Positions are thinned key frames: what she did between two of them is not known.</p>
      )}
    </figure>
  );
}
