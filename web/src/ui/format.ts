/** Numbers, times and chances in the words of a watch floor. Units are kn, m, NM, min; clocks are 24 h. */

const two = (n: number) => String(n).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 10:28Z */
export function clock(t: number): string {
  const d = new Date(t);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}Z`;
}

/** 10:28:40Z */
export function clockSeconds(t: number): string {
  return `${clock(t).slice(0, 5)}:${two(new Date(t).getUTCSeconds())}Z`;
}

/** 25 Dec 2024 */
export function day(t: number): string {
  const d = new Date(t);
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

/** 25 Dec 10:28Z */
export function stamp(t: number): string {
  return `${day(t).slice(0, -5)} ${clock(t)}`;
}

/** The reader's own clock: 11:28 CET */
export function local(t: number): string {
  const zone = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZoneName: "short",
  });
  return zone.format(new Date(t));
}

/** 45 s, 14 min, 3 h 20 min, 2 d 4 h */
export function span(ms: number): string {
  const s = Math.round(Math.abs(ms) / 1000);
  if (s < 90) return `${s} s`;
  const min = Math.round(s / 60);
  if (min < 100) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 ? `${h} h ${min % 60} min` : `${h} h`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

/** 14 min ago, in 20 min, now */
export function relative(t: number, at: number): string {
  const ms = at - t;
  if (Math.abs(ms) < 5_000) return "now";
  return ms > 0 ? `${span(ms)} ago` : `in ${span(ms)}`;
}

/** A chance as a frequency: 1 in 8, 7 in 10, 19 in 20. Never a bare score. */
export function frequency(chance: number): string {
  if (!(chance > 0)) return "none seen";
  if (chance >= 0.995) return "over 99 in 100";
  if (chance >= 0.925) return "19 in 20";
  if (chance > 0.45) {
    const tenths = Math.min(9, Math.round(chance * 10));
    return tenths === 5 ? "1 in 2" : `${tenths} in 10`;
  }
  const n = 1 / chance;
  if (n >= 10_000) return "under 1 in 10,000";
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(n)) - 1);
  return `1 in ${(Math.round(n / digits) * digits).toLocaleString("en-GB")}`;
}

/** 55 min (40–95) */
export function spread(minutes: number, low?: number | null, high?: number | null): string {
  const round = (m: number) => String(Math.max(0, Math.round(m)));
  const hours = minutes >= 180;
  const show = (m: number) => (hours ? (m / 60).toFixed(1) : round(m));
  const unit = hours ? "h" : "min";
  if (low == null || high == null) return `${show(minutes)} ${unit}`;
  return `${show(minutes)} ${unit} (${show(low)}–${show(high)})`;
}

export function fixed(value: number | null | undefined, digits: number, unit: string): string {
  return value == null || Number.isNaN(value) ? "unknown" : `${value.toFixed(digits)} ${unit}`;
}

export const knots = (v: number | null | undefined) => fixed(v, 1, "kn");
export const metres = (v: number | null | undefined) =>
  v == null ? "unknown" : `${Math.round(v).toLocaleString("en-GB")} m`;

export function degrees(v: number | null | undefined): string {
  return v == null || Number.isNaN(v) ? "unknown" : `${String(Math.round(v) % 360).padStart(3, "0")}°`;
}

/** Short of 2 NM in metres, beyond in nautical miles. */
export function distance(m: number | null | undefined): string {
  if (m == null) return "unknown";
  return m < 3704 ? metres(m) : `${(m / 1852).toFixed(1)} NM`;
}

/** 57°41.2′N 011°08.4′E */
export function place(lat: number, lon: number): string {
  const part = (v: number, width: number, letters: string) => {
    const tenths = Math.round(Math.abs(v) * 600);
    const deg = Math.floor(tenths / 600);
    const min = (tenths - deg * 600) / 10;
    return `${String(deg).padStart(width, "0")}°${min.toFixed(1).padStart(4, "0")}′${letters[v < 0 ? 1 : 0]}`;
  };
  return `${part(lat, 2, "NS")} ${part(lon, 3, "EW")}`;
}

/** slow_down -> slow down */
export const words = (slug: string) => slug.replaceAll(/[_-]/g, " ");

/** A measured value: 3.1 ± 0.4 kn */
export function measured(value: number | null, unit: string, sigma?: number | null): string {
  if (value == null) return "unknown";
  if (unit === "1" && Math.abs(value) < 1) {
    return measured(value * 100, "%", sigma == null ? sigma : sigma * 100);
  }
  if (unit === "s" && Math.abs(value) >= 90)
    return measured(value / 60, "min", sigma == null ? sigma : sigma / 60);
  const size = Math.abs(value);
  const digits = unit === "ms" || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
  const error = sigma ? ` ± ${sigma.toFixed(sigma >= 10 ? 0 : sigma >= 1 ? 1 : 2)}` : "";
  return `${text}${error} ${unit === "1" ? "" : unit === "deg" ? "°" : unit}`.trim();
}

/** A time for a text field: 2024-12-25 10:28, UTC. Date fields of browsers show 12 h clocks to some. */
export const toInput = (t: number) => new Date(t).toISOString().slice(0, 16).replace("T", " ");

/** The time that such a field means, ms; null when it is none. `T`, seconds and a `Z` may be there. */
export function fromInput(text: string): number | null {
  const parts = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?Z?$/i.exec(text.trim());
  const t = parts ? Date.parse(`${parts[1]}T${parts[2]}${parts[3] ?? ":00"}Z`) : Number.NaN;
  return Number.isNaN(t) ? null : t;
}

/** A line as a sentence of its own. */
export const sentence = (line: string): string =>
  line ? `${line[0]!.toUpperCase()}${line.slice(1)}${/[.!?]$/.test(line) ? "" : "."}` : "";
