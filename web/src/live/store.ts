/** The page's state: signals made once by createStore and handed down; nothing global. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MapLayer } from "../desk/layer_read";
import type {
  AssetCollection,
  Case,
  Desk,
  Episode,
  Me,
  ShipColumns,
  ShipsSeen,
  Status,
  Timeline,
  WatchStates,
} from "../model/answers";
import type { Alert, Fault } from "../model/nouns";
import { type Afloat, createAfloat } from "./afloat";
import type { Api } from "./api";
import { type Row, rowsOf } from "./cases";

export type Selection =
  | { type: "ship"; mmsi: number; alert?: string }
  | { type: "asset"; id: string }
  | { type: "fault"; id: string }
  | { type: "declare"; asset?: string };

export interface Goto {
  lat: number;
  lon: number;
  zoom?: number;
  bounds?: [number, number, number, number];
  stamp: number;
}

export type DialogName =
  | ""
  | "help"
  | "comment"
  | "close"
  | "escalate"
  | "silence"
  | "posture"
  | "handover"
  | "drill"
  | "feeds"
  | "told"
  | "layers"
  | "log";

export type Connection = "loading" | "up" | "down";
export type Sheet = "queue" | "map" | "detail";
export const SPEEDS = [1, 10, 60, 300, 1000] as const;

export interface Store {
  api: Api;
  status: Signal<Status | null>;
  connection: Signal<Connection>;
  /** The kinds of request that found no server when last tried; the page is stale while there is one. */
  lost: Signal<string[]>;
  /** Event time on screen, ms. */
  at: Signal<number>;
  /** The screen follows the server's clock. */
  following: Signal<boolean>;
  playing: Signal<boolean>;
  speed: Signal<number>;
  /** Alerts as known at `at` (true), or with all that was learned later. */
  asKnown: Signal<boolean>;
  ships: Signal<ShipColumns | null>;
  /** The part of the map on screen: west, south, east, north; null until there is a map. */
  box: Signal<[number, number, number, number] | null>;
  /** Whether the ships in view come over the socket. */
  live: Signal<boolean>;
  /** What the socket told. */
  afloat: Afloat;
  assets: Signal<AssetCollection | null>;
  /** The user's own map layers. */
  layers: Signal<MapLayer[]>;
  /** What could not be read of files that were dropped. */
  layerTrouble: Signal<string[]>;
  alerts: Signal<Alert[]>;
  /** The cases of these alerts, as the server tells them. */
  cases: Signal<Case[]>;
  /** The alerts by case, the most urgent first. */
  rows: ReadonlySignal<Row[]>;
  faults: Signal<Fault[]>;
  timeline: Signal<Timeline | null>;
  selection: Signal<Selection | null>;
  /** Id of the alert under the reader's finger. */
  cursor: Signal<string>;
  /** What has been done about alerts, as known at the time on screen. */
  desk: Signal<Desk | null>;
  /** Who has acknowledged, by alert. */
  acked: ReadonlySignal<Record<string, string>>;
  /** How well each stretch is watched; null for readers who may not know it. */
  watch: Signal<WatchStates | null>;
  /** On how many ships near assets a drag would be noticed; null where the server can't say it. */
  seen: Signal<ShipsSeen | null>;
  /** Who is signed in; null until the server has said whether that is needed. */
  me: Signal<Me | null>;
  /** Whether a critical alert is heard. */
  sound: Signal<boolean>;
  goto: Signal<Goto | null>;
  /** The stretch of time a reason speaks of, drawn on charts and map. */
  stretch: Signal<[number, number] | null>;
  sheet: Signal<Sheet>;
  dialog: Signal<DialogName>;
  actor: Signal<string>;
  note: Signal<string>;
  mapReady: Signal<boolean>;
  episode: ReadonlySignal<Episode | null>;
  current: ReadonlySignal<Alert | null>;
}

/** The episode that holds a time, else the nearest one. */
export function episodeAt(status: Status | null, at: number): Episode | null {
  if (!status) return null;
  const all = status.episodes.length
    ? status.episodes
    : [{ id: "all", label: "All", from: status.range[0], to: status.range[1] }];
  const off = (e: Episode) => Math.max(e.from - at, at - e.to, 0);
  return all.reduce((best, e) => (off(e) < off(best) ? e : best));
}

export function createStore(api: Api): Store {
  const status = signal<Status | null>(null);
  const at = signal(0);
  const alerts = signal<Alert[]>([]);
  const cases = signal<Case[]>([]);
  const cursor = signal("");
  const selection = signal<Selection | null>(null);
  const desk = signal<Desk | null>(null);
  let last: Episode | null = null;
  return {
    api,
    status,
    connection: signal<Connection>("loading"),
    lost: signal<string[]>([]),
    at,
    following: signal(true),
    playing: signal(false),
    speed: signal<number>(60),
    asKnown: signal(true),
    ships: signal<ShipColumns | null>(null),
    box: signal<[number, number, number, number] | null>(null),
    live: signal(false),
    afloat: createAfloat(),
    assets: signal<AssetCollection | null>(null),
    layers: signal<MapLayer[]>([]),
    layerTrouble: signal<string[]>([]),
    alerts,
    cases,
    rows: computed(() => rowsOf(alerts.value, cases.value, desk.value?.silenced)),
    faults: signal<Fault[]>([]),
    timeline: signal<Timeline | null>(null),
    selection,
    cursor,
    desk,
    acked: computed(() =>
      Object.fromEntries(
        Object.values(desk.value?.works ?? {})
          .filter((work) => work.acknowledged_by)
          .map((work) => [work.alert_id, work.acknowledged_by!]),
      ),
    ),
    watch: signal<WatchStates | null>(null),
    seen: signal<ShipsSeen | null>(null),
    me: signal<Me | null>(null),
    sound: signal(false),
    goto: signal<Goto | null>(null),
    stretch: signal<[number, number] | null>(null),
    sheet: signal<Sheet>("queue"),
    dialog: signal<DialogName>(""),
    actor: signal(""),
    note: signal(""),
    mapReady: signal(false),
    // the same object while nothing changed, so that a tick of the clock redraws no time line
    episode: computed(() => {
      const next = episodeAt(status.value, at.value);
      if (!last || !next || next.id !== last.id || next.from !== last.from || next.to !== last.to)
        last = next;
      return last;
    }),
    current: computed(() => {
      const chosen = selection.value;
      const id = chosen?.type === "ship" && chosen.alert ? chosen.alert : cursor.value;
      return alerts.value.find((alert) => alert.id === id) ?? null;
    }),
  };
}

/** Note whether a kind of request reached the server. One answered kind does not make up for one that fails. */
export function reached(store: Store, kind: string, ok: boolean): void {
  const others = store.lost.peek().filter((lost) => lost !== kind);
  if (ok && others.length === store.lost.peek().length && store.connection.peek() === "up") return;
  batch(() => {
    store.lost.value = ok ? others : [...others, kind];
    store.connection.value = store.lost.value.length ? "down" : "up";
  });
}

/** Move to a time by hand: the screen no longer follows the server's clock. */
export function seek(store: Store, t: number): void {
  const status = store.status.value;
  const limit = status ? Math.max(status.range[1], status.event_t) : t;
  batch(() => {
    store.following.value = status?.mode === "live" && t >= limit;
    store.at.value = Math.min(Math.max(t, status?.range[0] ?? t), limit);
  });
}

export function openSelection(store: Store, selection: Selection | null): void {
  batch(() => {
    store.selection.value = selection;
    store.stretch.value = null;
    store.sheet.value = selection ? "detail" : store.sheet.value === "detail" ? "queue" : store.sheet.value;
  });
}

export function openAlert(store: Store, alert: Alert): void {
  batch(() => {
    store.cursor.value = alert.id;
    openSelection(store, { type: "ship", mmsi: alert.ship.mmsi, alert: alert.id });
  });
}

/** Row of a ship in the columns on screen, -1 when she is not there. */
export function rowOf(ships: ShipColumns | null, mmsi: number): number {
  return ships ? ships.mmsi.indexOf(mmsi) : -1;
}

export function gotoShip(store: Store, mmsi: number, zoom?: number): boolean {
  const ships = store.ships.value;
  const row = rowOf(ships, mmsi);
  if (!ships || row < 0) return false;
  store.goto.value = { lat: ships.lat[row]!, lon: ships.lon[row]!, zoom, stamp: performance.now() };
  store.sheet.value = store.sheet.value === "queue" ? "map" : store.sheet.value;
  return true;
}
