/** Small geometry of the map: Mercator, lengths on the WGS84 tangent plane, points and cuts along a line. */

export type LonLat = [number, number];

/** Longitude and latitude to Mercator 0..1. */
export function mercator(lon: number, lat: number): [number, number] {
  const clamped = Math.min(Math.max(lat, -85.05), 85.05);
  return [
    (180 + lon) / 360,
    (180 - (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (clamped * Math.PI) / 360))) / 360,
  ];
}

/** Metres per degree of latitude and longitude on WGS84. */
export function radii(lat: number): [number, number] {
  const a = 6378137;
  const e2 = 0.0066943799901413165;
  const s = Math.sin((lat * Math.PI) / 180);
  const w = Math.sqrt(1 - e2 * s * s);
  const m = (a * (1 - e2)) / w ** 3;
  const n = a / w;
  return [(m * Math.PI) / 180, (n * Math.cos((lat * Math.PI) / 180) * Math.PI) / 180];
}

/** Length of one piece, m. */
export function pieceLength(a: LonLat, b: LonLat): number {
  const [north, east] = radii((a[1] + b[1]) / 2);
  const dLon = ((((b[0] - a[0] + 180) % 360) + 360) % 360) - 180;
  return Math.hypot((b[1] - a[1]) * north, dLon * east);
}

/** The parts of a line feature, in order. */
export function partsOf(geometry: GeoJSON.LineString | GeoJSON.MultiLineString): LonLat[][] {
  return (geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates) as LonLat[][];
}

/** Points every `step` km along the parts; KP runs on through them in order. */
export function kilometrePoints(parts: LonLat[][], step: number): { kp: number; at: LonLat }[] {
  const points: { kp: number; at: LonLat }[] = [];
  let run = 0;
  let next = 0;
  for (const part of parts) {
    for (let i = 1; i < part.length; i++) {
      const a = part[i - 1]!;
      const b = part[i]!;
      const length = pieceLength(a, b) / 1000;
      while (next <= run + length && length > 0) {
        const f = (next - run) / length;
        points.push({ kp: next, at: [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f] });
        next += step;
      }
      run += length;
    }
  }
  return points;
}

/** The stretch of the parts between two KPs, km. */
export function cut(parts: LonLat[][], from: number, to: number): LonLat[][] {
  const found: LonLat[][] = [];
  let run = 0;
  for (const part of parts) {
    let open: LonLat[] = [];
    for (let i = 1; i < part.length; i++) {
      const a = part[i - 1]!;
      const b = part[i]!;
      const length = pieceLength(a, b) / 1000;
      const lo = Math.max(from, run);
      const hi = Math.min(to, run + length);
      if (hi > lo && length > 0) {
        const point = (kp: number): LonLat => {
          const f = (kp - run) / length;
          return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
        };
        if (!open.length) open.push(point(lo));
        open.push(point(hi));
      }
      run += length;
    }
    if (open.length > 1) found.push(open);
    open = [];
  }
  return found;
}

/** The place reached from a point on a course after a distance, m: good for the next half hour of a ship. */
export function ahead(lon: number, lat: number, course: number, m: number): LonLat {
  const [north, east] = radii(lat);
  const c = (course * Math.PI) / 180;
  return [lon + (Math.sin(c) * m) / east, lat + (Math.cos(c) * m) / north];
}

/** Bounds of points that are there, [west, south, east, north]. */
export function boundsOf(lons: number[], lats: number[]): [number, number, number, number] | null {
  if (!lons.length) return null;
  let [w, s, e, n] = [180, 90, -180, -90];
  for (let i = 0; i < lons.length; i++) {
    w = Math.min(w, lons[i]!);
    e = Math.max(e, lons[i]!);
    s = Math.min(s, lats[i]!);
    n = Math.max(n, lats[i]!);
  }
  return [w, s, e, n];
}
