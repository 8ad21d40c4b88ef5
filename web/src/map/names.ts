/** Names beside ships: always for those that carry risk, are chosen or simulated; for all of them when near. */

import type { LayerSpecification } from "maplibre-gl";
import type { ShipColumns } from "../model/answers";
import type { Tokens } from "../ui/tokens";
import { FONT } from "./style";

export function nameLayers(t: Tokens): LayerSpecification[] {
  return [
    {
      id: "names",
      type: "symbol",
      source: "names",
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": ["case", ["get", "loud"], 12, 11],
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 1.3,
        "text-justify": "auto",
        "symbol-sort-key": ["case", ["get", "loud"], 0, 1],
      },
      paint: {
        "text-color": [
          "match",
          ["get", "tone"],
          "act",
          t.act,
          "challenge",
          t.challenge,
          "look",
          t.look,
          "simulated",
          t.simulated,
          t.label,
        ],
        "text-halo-color": t.labelHalo,
        "text-halo-width": 1.6,
      },
    },
  ];
}

export function nameFeatures(
  ships: ShipColumns | null,
  chosen: number,
  zoom: number,
  [w, s, e, n]: [number, number, number, number],
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  for (let row = 0; ships && row < ships.n; row++) {
    const tier = ships.tier[row] ?? "";
    const loud = (tier !== "" && tier !== "notice") || ships.mmsi[row] === chosen || !!ships.simulated[row];
    const [lon, lat] = [ships.lon[row]!, ships.lat[row]!];
    if (!loud && (zoom < 8.5 || features.length > 150)) continue;
    if (lon < w || lon > e || lat < s || lat > n) continue;
    const name = ships.name[row] || String(ships.mmsi[row]);
    features.push({
      type: "Feature",
      properties: {
        label: ships.simulated[row] ? `${name}\nSIMULATED` : name,
        tone: tier && tier !== "notice" ? tier : ships.simulated[row] ? "simulated" : "",
        loud,
      },
      geometry: { type: "Point", coordinates: [lon, lat] },
    });
  }
  return { type: "FeatureCollection", features };
}
