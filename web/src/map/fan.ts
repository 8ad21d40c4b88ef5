/** Where the chosen ship may be: sampled ways and the calibrated regions of the next hours, from the forecast. */

import type { LayerSpecification } from "maplibre-gl";
import type { Outlook } from "../model/answers";
import type { Tokens } from "../ui/tokens";
import { FONT } from "./style";

export function fanLayers(t: Tokens): LayerSpecification[] {
  return [
    {
      id: "fan-region",
      type: "fill",
      source: "fan",
      filter: ["==", ["get", "part"], "region"],
      paint: { "fill-color": t.accent, "fill-opacity": ["case", ["get", "validated"], 0.06, 0.03] },
    },
    {
      id: "fan-edge",
      type: "line",
      source: "fan",
      filter: ["==", ["get", "part"], "region"],
      paint: { "line-color": t.accent, "line-width": 1, "line-opacity": 0.4, "line-dasharray": [2, 2] },
    },
    {
      id: "fan-time",
      type: "symbol",
      source: "fan",
      filter: ["==", ["get", "part"], "region"],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 360,
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 11,
        "text-max-angle": 60,
      },
      paint: { "text-color": t.accent, "text-halo-color": t.labelHalo, "text-halo-width": 1.4 },
    },
    {
      id: "fan-way",
      type: "line",
      source: "fan",
      filter: ["==", ["get", "part"], "way"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": t.accent,
        "line-width": 1.2,
        "line-opacity": ["interpolate", ["linear"], ["get", "chance"], 0, 0.12, 0.2, 0.6],
      },
    },
  ];
}

/** The fan as features; ways stop where the forecast has been validated no further. */
export function fanFeatures(outlook: Outlook | null): GeoJSON.FeatureCollection {
  if (!outlook) return { type: "FeatureCollection", features: [] };
  const last = outlook.minutes.filter((m) => m <= outlook.validated_min).length;
  const regions: GeoJSON.Feature[] = [...outlook.regions].reverse().map((region) => ({
    type: "Feature",
    properties: {
      part: "region",
      minutes: region.minutes,
      validated: region.validated,
      label: `${region.minutes % 60 ? `${region.minutes} min` : `${region.minutes / 60} h`}${region.validated ? "" : ", not validated"}`,
    },
    geometry: region.geometry,
  }));
  const ways: GeoJSON.Feature[] = outlook.paths.map((path) => ({
    type: "Feature",
    properties: { part: "way", chance: path.chance },
    geometry: { type: "LineString", coordinates: path.line.slice(0, Math.max(2, last)) },
  }));
  return { type: "FeatureCollection", features: [...regions, ...ways] };
}
