/** `window.__seawarden`: what the browser tests read. It tells; it changes nothing but the view. */

import type { Map as MapLibre } from "maplibre-gl";
import type { Store } from "../live/store";
import type { ShipLayer } from "./ships";

export interface Probe {
  /** MMSI of the ship drawn at a place of the window, CSS pixels; null where none is. */
  pick(x: number, y: number): number | null;
  /** Place of a ship in the window, CSS pixels; null when she is not on screen data. */
  project(mmsi: number): { x: number; y: number } | null;
  /** MMSIs of all ships of the instant shown. */
  ships(): number[];
  /** Event time shown, ms. */
  at(): number;
  /** Event time that the ships on screen are of, ms. */
  shipsAt(): number;
  /** Centre the map on a ship at a zoom; settles when the frame is drawn. */
  look(mmsi: number, zoom: number): Promise<void>;
  zoom(): number;
}

declare global {
  interface Window {
    __seawarden?: Probe;
  }
}

export function exposeProbe(map: MapLibre, layer: ShipLayer, store: Store): () => void {
  const place = (mmsi: number) => {
    const ships = store.ships.peek();
    const row = ships ? ships.mmsi.indexOf(mmsi) : -1;
    return ships && row >= 0 ? ([ships.lon[row]!, ships.lat[row]!] as [number, number]) : null;
  };
  const origin = () => map.getCanvas().getBoundingClientRect();
  window.__seawarden = {
    pick(x, y) {
      const { left, top } = origin();
      const row = layer.pick(x - left, y - top);
      return row >= 0 ? (store.ships.peek()?.mmsi[row] ?? null) : null;
    },
    project(mmsi) {
      const at = place(mmsi);
      if (!at) return null;
      const { left, top } = origin();
      const point = map.project(at);
      return { x: point.x + left, y: point.y + top };
    },
    ships: () => [...(store.ships.peek()?.mmsi ?? [])],
    at: () => store.at.peek(),
    shipsAt: () => store.ships.peek()?.at ?? 0,
    zoom: () => map.getZoom(),
    look(mmsi, zoom) {
      const center = place(mmsi);
      if (!center) return Promise.resolve();
      return new Promise((done) => {
        map.once("render", () => done());
        map.jumpTo({ center, zoom });
        map.triggerRepaint();
      });
    },
  };
  return () => {
    delete window.__seawarden;
  };
}
