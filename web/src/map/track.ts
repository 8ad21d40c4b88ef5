/** The chosen ship's track and where she will be in half an hour; the stretch a reason speaks of stands out. */

import type { LayerSpecification } from "maplibre-gl";
import type { ShipColumns, TrackColumns } from "../model/answers";
import type { Tokens } from "../ui/tokens";
import { ahead, type LonLat } from "./geometry";

export function trackLayers(t: Tokens): LayerSpecification[] {
  return [
    {
      id: "track-stretch",
      type: "line",
      source: "track",
      filter: ["==", ["get", "part"], "stretch"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": t.challenge, "line-width": 7, "line-opacity": 0.4 },
    },
    {
      id: "track-past",
      type: "line",
      source: "track",
      filter: ["==", ["get", "part"], "past"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": t.accent,
        "line-width": 2,
        "line-opacity": ["interpolate", ["linear"], ["get", "age_h"], 0, 0.95, 2, 0.6, 12, 0.25],
      },
    },
    {
      id: "track-later",
      type: "line",
      source: "track",
      filter: ["==", ["get", "part"], "later"],
      paint: { "line-color": t.accent, "line-width": 1, "line-opacity": 0.5, "line-dasharray": [1, 3] },
    },
    {
      id: "track-ahead",
      type: "line",
      source: "track",
      filter: ["==", ["get", "part"], "ahead"],
      paint: { "line-color": t.label, "line-width": 1.2, "line-dasharray": [4, 2] },
    },
    {
      id: "track-crossing",
      type: "circle",
      source: "track",
      filter: ["==", ["get", "part"], "crossing"],
      paint: {
        "circle-radius": 4,
        "circle-color": t.labelHalo,
        "circle-stroke-color": t.challenge,
        "circle-stroke-width": 2,
      },
    },
  ];
}

const AGE_CLASS_MS = 30 * 60_000;

export function trackFeatures(
  track: TrackColumns | null,
  ships: ShipColumns | null,
  mmsi: number,
  at: number,
  stretch: [number, number] | null,
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  const add = (part: string, coordinates: LonLat[], more: Record<string, number> = {}) => {
    if (coordinates.length > 1)
      features.push({
        type: "Feature",
        properties: { part, ...more },
        geometry: { type: "LineString", coordinates },
      });
  };
  const row = ships ? ships.mmsi.indexOf(mmsi) : -1;
  const here: LonLat | null = ships && row >= 0 ? [ships.lon[row]!, ships.lat[row]!] : null;
  if (track) {
    const point = (i: number): LonLat => [track.lon[i]!, track.lat[i]!];
    const n = track.t.length;
    // one line an age class, not one a step: the map drops lines shorter than a pixel
    let start = 0;
    const age = (i: number) => Math.floor((at - track.t[i]!) / AGE_CLASS_MS);
    for (let i = 1; i < n && track.t[i]! <= at; i++) {
      const last = i + 1 >= n || track.t[i + 1]! > at;
      if (last || age(i) !== age(i + 1)) {
        const line = Array.from({ length: i - start + 1 }, (_, k) => point(start + k));
        add("past", line, { age_h: (at - track.t[i]!) / 3_600_000 });
        start = i;
      }
    }
    const past = track.t.filter((t) => t <= at).length;
    if (here && past) add("past", [point(past - 1), here], { age_h: 0 });
    add("later", [...(here ? [here] : []), ...track.t.slice(past).map((_, i) => point(past + i))]);
    if (stretch) {
      const inside = track.t
        .map((t, i) => [t, i] as const)
        .filter(([t]) => t >= stretch[0] && t <= stretch[1]);
      add(
        "stretch",
        inside.map(([, i]) => point(i)),
      );
    }
    for (const crossing of track.crossings) {
      const after = track.t.findIndex((t) => t >= crossing.t);
      if (after < 1 || crossing.t > at) continue;
      const f = (crossing.t - track.t[after - 1]!) / (track.t[after]! - track.t[after - 1]! || 1);
      const [a, b] = [point(after - 1), point(after)];
      features.push({
        type: "Feature",
        properties: { part: "crossing", name: crossing.name },
        geometry: { type: "Point", coordinates: [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f] },
      });
    }
  }
  if (here && ships) {
    const sog = ships.sog_kn[row];
    const cog = ships.cog_deg[row];
    if (sog != null && cog != null && sog > 0.5) {
      add("ahead", [here, ahead(here[0], here[1], cog, sog * 0.514444 * 1800)]);
    }
  }
  return { type: "FeatureCollection", features };
}
