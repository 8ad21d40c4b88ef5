/** The base map: sea, depth shading, land, grid and the names of waters. All from the server, nothing from outside. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Tokens } from "../ui/tokens";
import { WATERS } from "./waters";

export const FONT = ["Inter Variable", "Inter", "sans-serif"];
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

function graticule(): GeoJSON.FeatureCollection {
  const lines: GeoJSON.Feature[] = [];
  const line = (coordinates: number[][]) =>
    lines.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } });
  for (let lon = -30; lon <= 50; lon += 2)
    line([
      [lon, 40],
      [lon, 78],
    ]);
  for (let lat = 40; lat <= 78; lat += 1)
    line([
      [-30, lat],
      [50, lat],
    ]);
  return { type: "FeatureCollection", features: lines };
}

export function baseLayers(t: Tokens): LayerSpecification[] {
  const depth: unknown = [
    "coalesce",
    ["get", "depth_m"],
    ["get", "depth"],
    ["get", "min_m"],
    ["get", "from_m"],
    0,
  ];
  return [
    { id: "sea", type: "background", paint: { "background-color": t.sea } },
    {
      id: "depth",
      type: "fill",
      source: "depth",
      paint: {
        "fill-color": [
          "interpolate",
          ["linear"],
          depth,
          0,
          t.shallow,
          25,
          mix(t.shallow, t.sea, 0.45),
          60,
          mix(t.shallow, t.sea, 0.75),
          120,
          t.sea,
          400,
          t.deep,
        ] as never,
        "fill-antialias": false,
      },
    },
    {
      id: "grid",
      type: "line",
      source: "grid",
      paint: { "line-color": t.coast, "line-width": 0.5, "line-opacity": 0.28 },
    },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": t.land } },
    {
      id: "coast",
      type: "line",
      source: "land",
      paint: { "line-color": t.coast, "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.4, 10, 1] },
    },
    {
      id: "waters",
      type: "symbol",
      source: "waters",
      minzoom: 4,
      maxzoom: 9.5,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 4, 10, 8, 13],
        "text-letter-spacing": 0.14,
        "text-max-width": 8,
      },
      paint: { "text-color": t.label, "text-opacity": 0.5 },
    },
  ];
}

export function baseStyle(t: Tokens, base: string): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: `${base}/basemap/land.json`, tolerance: 0.25 },
      depth: { type: "geojson", data: `${base}/basemap/depth.json`, tolerance: 0.4 },
      grid: { type: "geojson", data: graticule() },
      waters: { type: "geojson", data: WATERS },
      assets: { type: "geojson", data: EMPTY },
      kp: { type: "geojson", data: EMPTY },
      fault: { type: "geojson", data: EMPTY },
      track: { type: "geojson", data: EMPTY, tolerance: 0.1 },
      fan: { type: "geojson", data: EMPTY },
      watch: { type: "geojson", data: EMPTY },
      names: { type: "geojson", data: EMPTY },
      others: { type: "geojson", data: EMPTY, tolerance: 0.25 },
    },
    layers: baseLayers(t),
  };
}

/** Two #rrggbb colours mixed, `f` of the second. */
export function mix(a: string, b: string, f: number): string {
  const part = (hex: string, i: number) => Number.parseInt(hex.slice(1 + i * 2, 3 + i * 2), 16);
  return `#${[0, 1, 2]
    .map((i) =>
      Math.round(part(a, i) * (1 - f) + part(b, i) * f)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
