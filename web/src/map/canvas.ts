/** The map itself: MapLibre, its sources fed from the store's signals, the ship layer, picking and moving. */

import { effect } from "@preact/signals";
import { type GeoJSONSource, Map as MapLibre, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { Detail } from "../live/detail";
import { openSelection, rowOf, type Store } from "../live/store";
import type { Theme } from "../ui/theme";
import { themes } from "../ui/tokens";
import { assetLayers, kpMarks } from "./assets";
import { fanFeatures, fanLayers } from "./fan";
import { faultFeatures, faultLayers } from "./fault";
import { boundsOf } from "./geometry";
import { nameFeatures, nameLayers } from "./names";
import { othersFeatures, othersLayers } from "./others";
import { exposeProbe } from "./probe";
import { createShipLayer } from "./ships";
import { baseLayers, baseStyle } from "./style";
import { trackFeatures, trackLayers } from "./track";
import { watchFeatures, watchLayers } from "./watch";

const NORTHERN_EUROPE: [number, number, number, number] = [8.5, 53.6, 25.5, 60.6];

export type Padding = () => { top: number; right: number; bottom: number; left: number };

export async function mountMap(
  container: HTMLElement,
  store: Store,
  detail: Detail,
  theme: Theme,
  padding: Padding,
): Promise<() => void> {
  setWorkerUrl(workerUrl);
  await document.fonts?.load('500 12px "Inter Variable"').catch(() => undefined);
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new MapLibre({
    container,
    style: baseStyle(theme.tokens(), location.origin),
    bounds: NORTHERN_EUROPE,
    fitBoundsOptions: { padding: padding() },
    attributionControl: false,
    minZoom: 2,
    maxZoom: 17,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    maplibreLogo: false,
    locale: { "ScaleControl.NauticalMiles": "NM" },
  });
  map.touchZoomRotate.disableRotation();
  map
    .getCanvas()
    .setAttribute(
      "aria-label",
      "Map of ships and assets. The queue and the search give the same by keyboard.",
    );
  map.addControl(new ScaleControl({ unit: "nautical", maxWidth: 96 }), "bottom-left");
  const layer = createShipLayer();
  const stops: (() => void)[] = [];

  await new Promise<void>((done) => map.once("load", () => done()));
  const layers = (t = theme.tokens()) => [
    ...othersLayers(t),
    ...fanLayers(t),
    ...assetLayers(t),
    ...watchLayers(t),
    ...faultLayers(t),
    ...trackLayers(t),
    ...nameLayers(t),
  ];
  for (const spec of layers()) map.addLayer(spec);
  map.addLayer(layer, "names");

  const feed = (source: string, data: GeoJSON.GeoJSON) =>
    (map.getSource(source) as GeoJSONSource | undefined)?.setData(data as never);
  const chosenShip = () => (store.selection.value?.type === "ship" ? store.selection.value.mmsi : -1);
  const view = (): [number, number, number, number] => {
    const b = map.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  };
  const near = () => {
    store.box.value = view();
    feed("kp", kpMarks(store.assets.peek(), map.getZoom(), view()));
    feed("names", nameFeatures(store.ships.peek(), shipPeek(), map.getZoom(), view()));
  };
  /** From the middle of the canvas to the middle of its open part. */
  const middle = (): [number, number] => {
    const pad = padding();
    return [(pad.left - pad.right) / 2, (pad.top - pad.bottom) / 2];
  };
  const shipPeek = () => {
    const selection = store.selection.peek();
    return selection?.type === "ship" ? selection.mmsi : -1;
  };

  let fitted = false;
  stops.push(
    effect(() => {
      const ships = store.ships.value;
      const tokens = themes[theme.name.value];
      if (!ships) return;
      layer.set(ships, tokens, chosenShip());
      if (!fitted && ships.n > 1 && !store.goto.peek()) {
        fitted = true;
        const bounds = boundsOf(ships.lon, ships.lat);
        if (bounds) map.fitBounds(bounds, { padding: padding(), maxZoom: 8, animate: false });
      }
    }),
    effect(() => {
      feed("names", nameFeatures(store.ships.value, chosenShip(), map.getZoom(), view()));
    }),
    effect(() => {
      if (store.assets.value) feed("assets", store.assets.value);
      near();
    }),
    effect(() => {
      const shown = detail.track.value;
      const mmsi = chosenShip();
      const track = shown && shown.mmsi === mmsi ? shown.columns : null;
      feed("track", trackFeatures(track, store.ships.value, mmsi, store.at.value, store.stretch.value));
    }),
    effect(() => {
      const made = detail.outlook.value;
      feed("fan", fanFeatures(made && made.mmsi === chosenShip() ? made.fan : null));
    }),
    effect(() => {
      feed("others", othersFeatures(store.layers.value));
    }),
    effect(() => {
      feed("watch", watchFeatures(store.watch.value, store.assets.value));
    }),
    effect(() => {
      feed(
        "fault",
        faultFeatures(store.faults.value, detail.fault.value, store.assets.value, store.ships.value),
      );
    }),
    effect(() => {
      const id =
        store.selection.value?.type === "asset"
          ? store.selection.value.id
          : (detail.fault.value?.asset.id ?? "");
      map.setFilter("asset-chosen", ["==", ["get", "id"], id]);
    }),
    effect(() => {
      const mmsi = chosenShip();
      if (mmsi < 0) return;
      // the drawer opens after this: look a frame later whether it covers the ship
      requestAnimationFrame(() => {
        const ships = store.ships.peek();
        const row = rowOf(ships, mmsi);
        if (!ships || row < 0) return;
        const { lon, lat } = { lon: ships.lon[row]!, lat: ships.lat[row]! };
        const at = map.project([lon, lat]);
        const box = map.getCanvas().getBoundingClientRect();
        const pad = padding();
        const hidden = at.x < pad.left || at.x > box.width - pad.right || at.y < 24 || at.y > box.height - 24;
        if (hidden && box.width > 0)
          map.easeTo({ center: [lon, lat], offset: middle(), duration: calm() ? 0 : 500 });
      });
    }),
    effect(() => {
      const wanted = store.goto.value;
      if (!wanted) return;
      // a frame later the drawer stands, and with it what it covers
      requestAnimationFrame(() => {
        const duration = calm() ? 0 : 500;
        if (wanted.bounds) map.fitBounds(wanted.bounds, { padding: padding(), duration, maxZoom: 10 });
        else {
          const zoom = wanted.zoom ?? Math.max(map.getZoom(), 9);
          map.easeTo({ center: [wanted.lon, wanted.lat], zoom, offset: middle(), duration });
        }
      });
    }),
    effect(() => {
      void theme.name.value;
      for (const spec of [...baseLayers(theme.tokens()), ...layers()]) {
        for (const [key, value] of Object.entries(("paint" in spec && spec.paint) || {})) {
          if (key !== "line-dasharray") map.setPaintProperty(spec.id, key as never, value as never);
        }
      }
    }),
  );

  map.on("moveend", near);
  const shipAt = (x: number, y: number) => {
    const row = layer.pick(x, y);
    const ships = store.ships.peek();
    return ships && row >= 0 && row < ships.n ? row : -1;
  };
  map.on("click", (event) => {
    const row = shipAt(event.point.x, event.point.y);
    if (row >= 0) {
      const mmsi = store.ships.peek()!.mmsi[row]!;
      const alert = store.alerts.peek().find((a) => a.ship.mmsi === mmsi);
      openSelection(store, { type: "ship", mmsi, alert: alert?.id });
      return;
    }
    const asset = map.queryRenderedFeatures(event.point, { layers: ["asset-hit"] })[0];
    if (asset) openSelection(store, { type: "asset", id: String(asset.properties.id) });
  });
  let asked = 0;
  map.on("mousemove", (event) => {
    const now = event.originalEvent.timeStamp;
    if (now - asked < 60) return;
    asked = now;
    const row = shipAt(event.point.x, event.point.y);
    const ships = store.ships.peek();
    const asset = row < 0 ? map.queryRenderedFeatures(event.point, { layers: ["asset-hit"] })[0] : undefined;
    map.getCanvas().style.cursor = row >= 0 || asset ? "pointer" : "";
    map.getCanvas().title =
      row >= 0 && ships
        ? `${ships.name[row] || "Ship"} ${ships.mmsi[row]}${ships.simulated[row] ? " · SIMULATED" : ""}`
        : asset
          ? String(asset.properties.name)
          : "";
  });
  stops.push(exposeProbe(map, layer, store));
  store.mapReady.value = true;
  return () => {
    for (const stop of stops) stop();
    map.remove();
  };
}
