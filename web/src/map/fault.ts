/** A declared fault on the map: its stretch of the asset, and the candidates with their ranks. */

import type { LayerSpecification } from "maplibre-gl";
import type { AssetCollection, ShipColumns } from "../model/answers";
import type { Fault } from "../model/nouns";
import type { Tokens } from "../ui/tokens";
import { cut, partsOf } from "./geometry";
import { FONT } from "./style";

export function faultLayers(t: Tokens): LayerSpecification[] {
  return [
    {
      id: "fault-line",
      type: "line",
      source: "fault",
      filter: ["==", ["get", "part"], "line"],
      paint: { "line-color": t.act, "line-width": 8, "line-opacity": 0.75, "line-dasharray": [0.35, 0.35] },
    },
    {
      id: "fault-rank",
      type: "symbol",
      source: "fault",
      filter: ["==", ["get", "part"], "rank"],
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 13,
        "text-anchor": "bottom",
        "text-offset": [0, -1],
        "text-allow-overlap": true,
      },
      paint: { "text-color": t.act, "text-halo-color": t.labelHalo, "text-halo-width": 2 },
    },
  ];
}

export function faultFeatures(
  faults: Fault[],
  chosen: Fault | null,
  assets: AssetCollection | null,
  ships: ShipColumns | null,
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  const shown = [
    ...faults.filter((f) => f.state !== "cleared" && f.id !== chosen?.id),
    ...(chosen ? [chosen] : []),
  ];
  for (const fault of shown) {
    const asset = assets?.features.find((feature) => feature.properties.id === fault.asset.id);
    if (!asset) continue;
    const stretch = cut(
      partsOf(asset.geometry),
      fault.kp_from_km ?? 0,
      fault.kp_to_km ?? Number.POSITIVE_INFINITY,
    );
    features.push({
      type: "Feature",
      properties: { part: "line" },
      geometry: { type: "MultiLineString", coordinates: stretch },
    });
  }
  for (const candidate of chosen?.candidates?.slice(0, 9) ?? []) {
    const row = candidate.ship && ships ? ships.mmsi.indexOf(candidate.ship.mmsi) : -1;
    const lon = row >= 0 ? ships!.lon[row] : candidate.last_lon;
    const lat = row >= 0 ? ships!.lat[row] : candidate.last_lat;
    if (lon == null || lat == null) continue;
    features.push({
      type: "Feature",
      properties: { part: "rank", label: `#${candidate.rank}` },
      geometry: { type: "Point", coordinates: [lon, lat] },
    });
  }
  return { type: "FeatureCollection", features };
}
