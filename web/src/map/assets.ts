/** Assets: kind by colour and dash, a halo as wide as the route's error. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { AssetCollection } from "../model/answers";
import type { Tokens } from "../ui/tokens";
import { kilometrePoints, type LonLat, partsOf } from "./geometry";
import { FONT } from "./style";

const KINDS = ["telecom_cable", "power_cable", "pipeline"] as const;

/** Dash of each kind, in line widths; empty is solid. Shown in the legend as well. */
export const DASHES: Record<string, number[]> = {
  telecom_cable: [],
  power_cable: [5, 2],
  pipeline: [6, 1.5, 1, 1.5],
  other: [1, 2],
};

/** Pixels of a width in metres at a zoom, at the latitude of the Baltic. */
export function pixels(zoom: number, lat = 57): number {
  return (512 * 2 ** zoom) / (40_075_016.7 * Math.cos((lat * Math.PI) / 180));
}

export function kindColour(t: Tokens, kind: string): string {
  return kind === "telecom_cable"
    ? t.telecom
    : kind === "power_cable"
      ? t.power
      : kind === "pipeline"
        ? t.gas
        : t.other;
}

export function assetLayers(t: Tokens): LayerSpecification[] {
  const colour: ExpressionSpecification = [
    "match",
    ["get", "kind"],
    "telecom_cable",
    t.telecom,
    "power_cable",
    t.power,
    "pipeline",
    t.gas,
    t.other,
  ];
  const wide = (zoom: number): ExpressionSpecification => [
    "max",
    1,
    ["*", 2 * pixels(zoom), ["coalesce", ["get", "sigma_m"], 0]],
  ];
  const width: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 4, 1, 8, 1.6, 12, 2.4];
  const lines: LayerSpecification[] = [...KINDS, "other"].map((kind) => ({
    id: `asset-${kind}`,
    type: "line",
    source: "assets",
    filter:
      kind === "other"
        ? ["!", ["in", ["get", "kind"], ["literal", [...KINDS]]]]
        : ["==", ["get", "kind"], kind],
    layout: { "line-cap": "butt", "line-join": "round" },
    paint: {
      "line-color": kindColour(t, kind),
      "line-width": width,
      "line-opacity": [
        "match",
        ["coalesce", ["get", "status"], ""],
        ["planned", "under_construction"],
        0.45,
        0.95,
      ],
      ...(DASHES[kind]!.length ? { "line-dasharray": DASHES[kind]! } : {}),
    },
  }));
  return [
    {
      id: "asset-halo",
      type: "line",
      source: "assets",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": colour,
        "line-opacity": 0.13,
        "line-width": ["interpolate", ["exponential", 2], ["zoom"], 2, wide(2), 18, wide(18)],
      },
    },
    ...lines,
    {
      id: "asset-chosen",
      type: "line",
      source: "assets",
      filter: ["==", ["get", "id"], ""],
      paint: { "line-color": t.accent, "line-width": 4, "line-opacity": 0.9 },
    },
    {
      id: "asset-hit",
      type: "line",
      source: "assets",
      paint: { "line-color": t.accent, "line-width": 14, "line-opacity": 0 },
    },
    {
      id: "asset-name",
      type: "symbol",
      source: "assets",
      minzoom: 5.5,
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 420,
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": 11,
        "text-offset": [0, -0.9],
        "text-max-angle": 35,
      },
      paint: { "text-color": colour, "text-halo-color": t.labelHalo, "text-halo-width": 1.4 },
    },
    {
      id: "kp",
      type: "circle",
      source: "kp",
      paint: { "circle-radius": 2.2, "circle-color": t.label, "circle-opacity": 0.8 },
    },
    {
      id: "kp-name",
      type: "symbol",
      source: "kp",
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 10,
        "text-anchor": "left",
        "text-offset": [0.6, 0.6],
      },
      paint: { "text-color": t.label, "text-halo-color": t.labelHalo, "text-halo-width": 1.2 },
    },
  ];
}

/** KP marks of the assets in view, none when far away. */
export function kpMarks(
  assets: AssetCollection | null,
  zoom: number,
  [w, s, e, n]: [number, number, number, number],
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  const step = zoom >= 12 ? 1 : zoom >= 10 ? 5 : zoom >= 8 ? 10 : 0;
  if (step && assets) {
    for (const asset of assets.features) {
      for (const { kp, at } of kilometrePoints(partsOf(asset.geometry) as LonLat[][], step)) {
        if (at[0] < w || at[0] > e || at[1] < s || at[1] > n || features.length > 300) continue;
        features.push({
          type: "Feature",
          properties: { label: `KP ${kp}` },
          geometry: { type: "Point", coordinates: at },
        });
      }
    }
  }
  return { type: "FeatureCollection", features };
}
