/** Search by ship's name, MMSI, IMO, call sign or asset: a combobox that the keyboard alone can work. */

import { useEffect, useState } from "preact/hooks";
import { gotoAsset } from "../cards/drawer";
import { ask } from "../desk/ask";
import { gotoShip, openSelection, type Store } from "../live/store";
import type { AssetCollection, ShipColumns } from "../model/answers";
import { words } from "./format";
import { Key } from "./parts";

export interface Hit {
  key: string;
  label: string;
  hint: string;
  mmsi?: number;
  asset?: string;
  /** Where she is, longitude and latitude, when she may not be on screen. */
  place?: [number, number];
}

interface SearchAnswer {
  ships: {
    mmsi: number;
    name: string;
    imo: number;
    callsign: string;
    simulated: boolean;
    lat: number;
    lon: number;
  }[];
}

/** At most eight hits: those that begin with the words before those that hold them. */
export function hits(text: string, ships: ShipColumns | null, assets: AssetCollection | null): Hit[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found: [number, Hit][] = [];
  const offer = (score: number, hit: Hit) => score >= 0 && found.push([score, hit]);
  const score = (name: string) => {
    const at = name.toLowerCase().indexOf(wanted);
    return at < 0 ? -1 : at === 0 ? 0 : 1;
  };
  for (const { properties: p } of assets?.features ?? []) {
    offer(score(p.name), { key: `asset-${p.id}`, label: p.name, hint: words(p.kind), asset: p.id });
  }
  for (let i = 0; ships && i < ships.n; i++) {
    const mmsi = String(ships.mmsi[i]);
    const best = [score(ships.name[i] ?? ""), mmsi.startsWith(wanted) ? 0 : -1].filter((s) => s >= 0);
    offer(best.length ? Math.min(...best) : -1, {
      key: `ship-${mmsi}`,
      label: ships.name[i] || mmsi,
      hint: `${ships.simulated[i] ? "SIMULATED ship" : "ship"} ${mmsi}`,
      mmsi: ships.mmsi[i],
    });
  }
  return found
    .sort((a, b) => a[0] - b[0] || a[1].label.localeCompare(b[1].label))
    .slice(0, 8)
    .map(([, hit]) => hit);
}

/** What is on screen first, then what the server knows beside it, each once. */
export function together(here: Hit[], there: Hit[]): Hit[] {
  const seen = new Set(here.map((hit) => hit.key));
  return [...here, ...there.filter((hit) => !seen.has(hit.key))].slice(0, 10);
}

/** Ships by name, MMSI, IMO or call sign, wherever they are. */
async function asked(text: string, at: number): Promise<Hit[]> {
  const found = await ask<SearchAnswer>(
    `/api/search?${new URLSearchParams({ q: text, at: String(Math.round(at)) })}`,
  ).catch(() => null);
  return (found?.ships ?? []).map((s) => ({
    key: `ship-${s.mmsi}`,
    label: s.name || String(s.mmsi),
    hint: `${s.simulated ? "SIMULATED ship" : "ship"} ${s.mmsi}${s.imo ? `, IMO ${s.imo}` : ""}${s.callsign ? `, ${s.callsign}` : ""}`,
    mmsi: s.mmsi,
    place: [s.lon, s.lat],
  }));
}

const PATIENCE_MS = 150;

export function Search({ store }: { store: Store }) {
  const [text, setText] = useState("");
  const [index, setIndex] = useState(0);
  const [open, setOpen] = useState(false);
  const [there, setThere] = useState<Hit[]>([]);
  useEffect(() => {
    setThere([]);
    if (text.trim().length < 2) return;
    let gone = false;
    const timer = setTimeout(async () => {
      const answer = await asked(text.trim(), store.at.peek());
      if (!gone) setThere(answer);
    }, PATIENCE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [text, store]);
  const found = open ? together(hits(text, store.ships.value, store.assets.value), there) : [];
  function choose(hit: Hit | undefined) {
    if (!hit) return;
    setOpen(false);
    setText("");
    if (hit.mmsi) {
      openSelection(store, {
        type: "ship",
        mmsi: hit.mmsi,
        alert: store.alerts.value.find((a) => a.ship.mmsi === hit.mmsi)?.id,
      });
      if (!gotoShip(store, hit.mmsi, 9) && hit.place)
        store.goto.value = { lon: hit.place[0], lat: hit.place[1], zoom: 9, stamp: performance.now() };
    } else if (hit.asset) {
      openSelection(store, { type: "asset", id: hit.asset });
      gotoAsset(store, hit.asset);
    }
  }
  return (
    <search class="search">
      <input
        id="search"
        role="combobox"
        aria-label="Search ships and assets"
        aria-expanded={found.length > 0}
        aria-controls="search-list"
        aria-activedescendant={found[index] ? `hit-${found[index]!.key}` : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder="Ship, MMSI, IMO, asset"
        value={text}
        onInput={(e) => {
          setText(e.currentTarget.value);
          setIndex(0);
          setOpen(true);
        }}
        onBlur={() => setTimeout(() => setOpen(false), 120)}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setIndex(Math.min(index + 1, found.length - 1));
          else if (e.key === "ArrowUp") setIndex(Math.max(index - 1, 0));
          else if (e.key === "Enter") choose(found[index]);
          else return;
          e.preventDefault();
        }}
      />
      <Key>/</Key>
      {open && text.trim() && (
        <div class="search-list" id="search-list" role="listbox" aria-label="Found">
          {found.map((hit, i) => (
            <div
              key={hit.key}
              tabIndex={-1}
              id={`hit-${hit.key}`}
              role="option"
              aria-selected={i === index}
              onMouseDown={(e) => {
                e.preventDefault();
                choose(hit);
              }}
            >
              {hit.label} <span class="quiet">{hit.hint}</span>
            </div>
          ))}
          {!found.length && <p class="quiet">Nothing by that name at this time</p>}
        </div>
      )}
    </search>
  );
}
