/** How well each stretch of each asset is watched, drawn beside its line: only for readers who may know it. */

import type { LayerSpecification } from "maplibre-gl";
import type { AssetCollection, WatchStates } from "../model/answers";
import type { Tokens } from "../ui/tokens";
import { cut, type LonLat, partsOf } from "./geometry";

const DASH: Record<string, number[]> = {
  observed: [],
  thin: [3, 2],
  unobserved: [0.6, 2.4],
  jammed: [0.6, 0.6],
};

export function watchLayers(t: Tokens): LayerSpecification[] {
  return Object.entries(DASH).map(([state, dash]) => ({
    id: `watch-${state}`,
    type: "line",
    source: "watch",
    minzoom: 5,
    filter: ["==", ["get", "state"], state],
    paint: {
      "line-color": state === "jammed" ? t.act : t.label,
      "line-width": state === "jammed" ? 3 : 1.4,
      "line-opacity": state === "observed" ? 0.45 : 0.8,
      "line-offset": 5,
      ...(dash.length ? { "line-dasharray": dash } : {}),
    },
  }));
}

export function watchFeatures(
  states: WatchStates | null,
  assets: AssetCollection | null,
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  const lines = new Map(assets?.features.map((f) => [f.properties.id, partsOf(f.geometry) as LonLat[][]]));
  for (const row of states?.assets ?? []) {
    const parts = lines.get(row.asset);
    if (!parts) continue;
    for (const stretch of row.stretches) {
      const coordinates = cut(parts, stretch.kp_from_km, stretch.kp_to_km);
      if (coordinates.length)
        features.push({
          type: "Feature",
          properties: { state: stretch.state },
          geometry: { type: "MultiLineString", coordinates },
        });
    }
  }
  return { type: "FeatureCollection", features };
}

/** `86 % not watched`: the worst of it in few words, for where there is little room; empty when all is watched. */
export function blindShare(states: WatchStates | null): string {
  const km = Object.values(states?.km ?? {}).reduce((a, b) => a + b, 0);
  if (!states || km <= 0) return "";
  const part = (state: string) => Math.round((100 * (states.km[state] ?? 0)) / km);
  const said = [
    [part("jammed"), "jammed"],
    [part("unobserved"), "not watched"],
    [part("thin"), "thin"],
  ].filter(([percent]) => Number(percent) > 0);
  return said.length ? said.map(([percent, word]) => `${percent} % ${word}`).join(", ") : "all watched";
}

/** `412 km observed · 30 km unobserved`, worst first. */
export function watchKm(states: WatchStates | null): string {
  if (!states) return "";
  return ["jammed", "unobserved", "thin", "observed"]
    .filter((state) => (states.km[state] ?? 0) >= 0.5)
    .map((state) => `${Math.round(states.km[state]!).toLocaleString("en-GB")} km ${state}`)
    .join(" · ");
}
