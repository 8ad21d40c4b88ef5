/** The user's own map layers: those of the server, and those dropped on this page, which never leave it. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Store } from "../live/store";
import { TONES } from "../map/others";
import { ask, sentence } from "./ask";
import { type MapLayer, readLayer } from "./layer_read";
import "./desk.css";

interface Listed {
  layers: { id: string; name: string; visibility: string; features: number; problems: string[] }[];
}

/** Ask once for the server's layers, without their features: those come when one is first shown. */
export async function loadLayers(store: Store): Promise<void> {
  const listed = await ask<Listed>("/api/layers").catch(() => ({ layers: [] }));
  const held = store.layers.peek();
  const fresh = listed.layers
    .filter((l) => !held.some((h) => h.id === l.id))
    .map((l): MapLayer => ({ ...l, from: "server", shown: false, features: [] }));
  if (fresh.length) store.layers.value = [...held, ...fresh];
}

function put(store: Store, layer: MapLayer): void {
  const others = store.layers.value.filter((l) => l.id !== layer.id);
  store.layers.value = [...others, layer];
}

/** Show or hide a layer, its features asked for the first time. */
export async function toggleLayer(store: Store, id: string): Promise<void> {
  const layer = store.layers.value.find((l) => l.id === id);
  if (!layer) return;
  const change = (to: Partial<MapLayer>) => {
    store.layers.value = store.layers.value.map((l) => (l.id === id ? { ...l, ...to } : l));
  };
  if (!layer.shown && layer.from === "server" && !layer.features.length) {
    try {
      const got = await ask<GeoJSON.FeatureCollection>(`/api/layers/${encodeURIComponent(id)}`);
      change({ features: got.features, shown: true });
    } catch (cause) {
      store.note.value = sentence(cause);
    }
  } else change({ shown: !layer.shown });
}

/** Take files in; returns what could not be, as sentences. */
export async function takeFiles(store: Store, files: Iterable<File>): Promise<string[]> {
  const bad: string[] = [];
  for (const file of files) {
    try {
      const layer = await readLayer(file);
      put(store, layer);
      const n = layer.features.length.toLocaleString("en-GB");
      const left = layer.problems.length ? `, ${layer.problems.length} left out: see Layers` : "";
      store.note.value = `${layer.name}: ${n} ${layer.features.length === 1 ? "feature" : "features"} shown${left}. The file stays in this browser.`;
    } catch (cause) {
      bad.push(cause instanceof Error ? cause.message : `${file.name} can't be read`);
    }
  }
  return bad;
}

/** Files may be dropped anywhere on the page. */
export function DropPlace({ store }: { store: Store }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const ours = (e: DragEvent) => !!e.dataTransfer?.types.includes("Files");
    const drag = (e: DragEvent) => {
      if (!ours(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent) => {
      if (!e.relatedTarget) setOver(false);
    };
    const drop = (e: DragEvent) => {
      if (!ours(e)) return;
      e.preventDefault();
      setOver(false);
      void takeFiles(store, [...(e.dataTransfer?.files ?? [])]).then((bad) => {
        store.layerTrouble.value = bad;
        if (bad.length) store.dialog.value = "layers";
      });
    };
    addEventListener("dragover", drag);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", drag);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, [store]);
  if (!over) return null;
  return (
    <div class="drop-place" aria-hidden="true">
      <p>Drop a map file to lay it over the map. It stays in this browser.</p>
    </div>
  );
}

export function LayersForm({ store, onDone }: { store: Store; onDone(): void }) {
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void loadLayers(store);
  }, [store]);
  const layers = store.layers.value;
  const bad = store.layerTrouble.value;
  return (
    <div class="form">
      <h2>Map layers</h2>
      {bad.map((line) => (
        <p key={line} class="trouble" role="alert">
          {line}
        </p>
      ))}
      {layers.length ? (
        <ul class="layer-list">
          {layers.map((layer, k) => (
            <li key={layer.id}>
              <label>
                <input
                  type="checkbox"
                  checked={layer.shown}
                  onChange={() => void toggleLayer(store, layer.id)}
                />
                <Sample index={k} />
                <span>{layer.name}</span>
              </label>{" "}
              <span class="quiet">
                {layer.from === "here"
                  ? "in this browser only"
                  : layer.visibility && layer.visibility !== "public"
                    ? `for ${layer.visibility} only`
                    : "from the server"}
              </span>{" "}
              {layer.from === "here" && (
                <button
                  type="button"
                  class="link"
                  onClick={() => {
                    store.layers.value = store.layers.value.filter((l) => l.id !== layer.id);
                  }}
                >
                  take away<span class="sr-only"> {layer.name}</span>
                </button>
              )}
              {layer.problems.length > 0 && (
                <details class="fold">
                  <summary>
                    Left out <span class="count num">{layer.problems.length}</span>
                  </summary>
                  <ul class="plain">
                    {layer.problems.slice(0, 20).map((line) => (
                      <li key={line}>{line}</li>
                    ))}
                  </ul>
                </details>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">No layer so far: the server was given none with --layer.</p>
      )}
      <p class="quiet">
        Drop a GeoJSON, KML or GeoPackage file anywhere on the page, or choose one. It stays in this browser
        and is gone when the page is closed.
      </p>
      <input
        ref={picker}
        type="file"
        class="sr-only"
        tabIndex={-1}
        aria-label="Choose map files"
        multiple
        accept=".geojson,.json,.kml,.gpkg"
        onChange={async (e) => {
          const field = e.currentTarget;
          store.layerTrouble.value = await takeFiles(store, [...(field.files ?? [])]);
          field.value = "";
        }}
      />
      <div class="row">
        <button type="button" class="button primary" onClick={() => picker.current?.click()}>
          Choose a file
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            store.layerTrouble.value = [];
            onDone();
          }}
        >
          Close
        </button>
      </div>
    </div>
  );
}

export function Sample({ index }: { index: number }) {
  const tone = TONES[index % TONES.length]!;
  return (
    <svg width="28" height="10" aria-hidden="true">
      <line
        x1="0"
        x2="28"
        y1="5"
        y2="5"
        stroke={`var(--${tone.name})`}
        stroke-width="2"
        stroke-dasharray={tone.dash.map((d) => d * 2).join(" ")}
      />
    </svg>
  );
}
