/** Development only: the shipped incident days as tracks, and where a ship is at a time. */

import { readdirSync, readFileSync } from "node:fs";

const DATA = new URL("../../src/seawarden/data/", import.meta.url);

export const assets = JSON.parse(readFileSync(new URL("named_lines_baltic.geojson", DATA), "utf8"));
const used = new Map();
for (const feature of assets.features) {
  const slug = feature.properties.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const n = (used.get(slug) ?? 0) + 1;
  used.set(slug, n);
  const { kind, source } = feature.properties;
  feature.properties = {
    id: n > 1 ? `${slug}-${n}` : slug,
    name: feature.properties.name,
    kind: kind.includes("pipe") ? "pipeline" : kind.includes("power") ? "power_cable" : "telecom_cable",
    system: slug,
    status: "in_service",
    sigma_m: 1500,
    watch_state: ["observed", "observed", "thin", "unobserved"][slug.length % 4],
    attribution: source,
  };
}

function load(name) {
  const text = readFileSync(new URL(`incident_days/${name}`, DATA), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const LABELS = {
  "2023-10-08": "8 Oct 2023",
  "2024-11-17": "17 Nov 2024",
  "2024-12-25": "25 Dec 2024",
  "2025-01-26": "26 Jan 2025",
};

export const days = readdirSync(new URL("incident_days/", DATA))
  .filter((name) => name.endsWith(".jsonl"))
  .map((name) => {
    const id = name.slice(0, 10);
    const ships = load(name).map((s) => ({ ...s, simulated: false }));
    const all = ships.flatMap((s) => s.kf.map((k) => k[0] * 1000));
    return { id, label: LABELS[id] ?? id, ships, from: Math.min(...all), to: Math.max(...all) };
  })
  .sort((a, b) => a.from - b.from);

/** Every place where a straight piece between two key frames meets an asset. */
export function crossingsOf(ship) {
  const found = [];
  for (let i = 1; i < ship.kf.length; i++) {
    const [t1, x1, y1] = ship.kf[i - 1];
    const [t2, x2, y2] = ship.kf[i];
    for (const feature of assets.features) {
      const lines =
        feature.geometry.type === "LineString"
          ? [feature.geometry.coordinates]
          : feature.geometry.coordinates;
      let run = 0;
      for (const line of lines) {
        for (let j = 1; j < line.length; j++) {
          const [x3, y3] = line[j - 1];
          const [x4, y4] = line[j];
          const length = Math.hypot((x4 - x3) * 61, (y4 - y3) * 111.3);
          const d = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3);
          if (d) {
            const f = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / d;
            const g = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / d;
            if (f >= 0 && f < 1 && g >= 0 && g < 1) {
              found.push({
                t: Math.round((t1 + (t2 - t1) * f) * 1000),
                asset: feature.properties.id,
                name: feature.properties.name,
                kind: feature.properties.kind,
                system: feature.properties.system,
                kp_km: run + length * g,
                lat: y1 + (y2 - y1) * f,
                lon: x1 + (x2 - x1) * f,
              });
            }
          }
          run += length;
        }
      }
    }
  }
  return found.sort((a, b) => a.t - b.t);
}

/** A ship that does not exist: another's track, slowed towards the end, under an invented name. */
function exercise(day) {
  const model = day.ships
    .filter((s) => s.kf.length > 12)
    .map((s) => ({ s, c: crossingsOf(s) }))
    .sort((a, b) => b.c.length - a.c.length)[0];
  const kf = model.s.kf.map(([t, x, y, v, c]) => [t + 2400, x, y, v > 6 ? v * 0.62 : v, c]);
  return { mmsi: 999000017, name: "EXAMPLE WANDERER", type: "cargo", kf, gaps: [], simulated: true };
}

const third = days.find((d) => d.id === "2024-12-25");
third.ships.push(exercise(third));
for (const day of days) for (const ship of day.ships) ship.crossings = crossingsOf(ship);

export const dayAt = (t) =>
  days.reduce((best, d) => {
    const off = (e) => Math.max(e.from - t, t - e.to, 0);
    return off(d) < off(best) ? d : best;
  });

/** Where a ship is: on the line between her key frames; null outside them. */
export function placeOf(ship, t) {
  const s = t / 1000;
  const { kf } = ship;
  if (s < kf[0][0] || s > kf.at(-1)[0] + 7200) return null;
  let i = kf.findIndex((k) => k[0] > s);
  if (i < 0) i = kf.length;
  const a = kf[i - 1];
  const b = kf[i];
  const f = b ? (s - a[0]) / (b[0] - a[0]) : 0;
  return {
    t: a[0] * 1000,
    lat: b ? a[2] + (b[2] - a[2]) * f : a[2],
    lon: b ? a[1] + (b[1] - a[1]) * f : a[1],
    sog_kn: a[3],
    cog_deg: a[4],
    heading_deg: ship.simulated ? (a[4] + 6) % 360 : null,
    age_s: Math.round(s - a[0]),
    estimated: f > 0,
  };
}

export const lengthOf = (ship) =>
  ({ cargo: 138, tanker: 183, passenger: 160, fishing: 24 })[ship.type] ?? 60 + (ship.mmsi % 150);
