/** The user's own layers on the map: thin lines, faint areas and dots, told apart by tone and dash. */

import type { LayerSpecification } from "maplibre-gl";
import type { MapLayer } from "../desk/layer_read";
import type { Tokens } from "../ui/tokens";
import { FONT } from "./style";

/** Tone and dash of the first, second... layer; more of them begin anew. */
export const TONES: { name: keyof Tokens; dash: number[] }[] = [
  { name: "label", dash: [] },
  { name: "gas", dash: [4, 1.5] },
  { name: "telecom", dash: [1.5, 1.5] },
  { name: "power", dash: [6, 1.5, 1, 1.5] },
  { name: "other", dash: [1, 2.5] },
];

export function othersLayers(t: Tokens): LayerSpecification[] {
  const tone = ["match", ["get", "tone"], ...TONES.flatMap((one, k) => [k, t[one.name]]), t.label] as never;
  return [
    {
      id: "others-area",
      type: "fill",
      source: "others",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": tone, "fill-opacity": 0.07 },
    },
    ...TONES.map(
      (one, k): LayerSpecification => ({
        id: `others-line-${k}`,
        type: "line",
        source: "others",
        filter: ["all", ["==", ["get", "tone"], k], ["!=", ["geometry-type"], "Point"]],
        paint: {
          "line-color": t[one.name],
          "line-width": 1.4,
          "line-opacity": 0.85,
          ...(one.dash.length ? { "line-dasharray": one.dash } : {}),
        },
      }),
    ),
    {
      id: "others-point",
      type: "circle",
      source: "others",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 4,
        "circle-color": tone,
        "circle-stroke-color": t.labelHalo,
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "others-name",
      type: "symbol",
      source: "others",
      minzoom: 7,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": 11,
        "text-offset": [0, 1.1],
        "text-max-width": 12,
      },
      paint: { "text-color": tone, "text-halo-color": t.labelHalo, "text-halo-width": 1.4 },
    },
  ];
}

export function othersFeatures(layers: MapLayer[]): GeoJSON.FeatureCollection {
  const features = layers.flatMap((layer, k) =>
    layer.shown
      ? layer.features.map((f) => ({
          ...f,
          properties: { name: f.properties?.name ?? "", tone: k % TONES.length },
        }))
      : [],
  );
  return { type: "FeatureCollection", features };
}
