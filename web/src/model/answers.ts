/** The shapes of the server's answers: mostly columns, one array a field. */

import type {
  Alert,
  AssetAhead,
  AssetRef,
  Finding,
  Handover,
  Pledge,
  Reason,
  ShipRef,
  Silence,
  Waters,
  Work,
} from "./nouns";

export interface Episode {
  id: string;
  label: string;
  from: number;
  to: number;
}

export interface Feed {
  id: string;
  state: "up" | "down" | "file";
  lag_s?: number | null;
  last_t?: number | null;
  records?: number;
  rejected?: number;
  /** How a live feed is doing, in one word. */
  condition?: string;
  /** The same in a sentence that says what to do. */
  message?: string;
  well?: boolean;
  since_t?: number | null;
  last_seen_t?: number | null;
  rate_s?: number | null;
  reconnects?: number;
  /** Positions left out because more came than could be taken. */
  shed?: number;
}

/** How well a drag that begins now would be seen on one ship. */
export interface ShipSeen {
  t: number;
  how: "well" | "perhaps" | "hardly";
  /** Of one of 30 % to be noticed within 15 min. */
  chance: number;
  /** By loss, time and rate, such as `15 % in 30 min, look`. */
  chances: Record<string, number>;
  /** The same if the anchor turns her off her course; empty where she sends no heading. */
  angled: Record<string, number>;
  reasons: string[];
  line: string;
}

/** The same of all ships under way near assets, with those on which it would hardly be noticed. */
export interface ShipsSeen {
  t: number;
  ships: number;
  well: number;
  perhaps: number;
  hardly: number;
  chance: Maybe;
  causes: Record<string, number>;
  line: string;
  blind: { mmsi: number; name: string; chance: number; reasons: string[] }[];
}

export interface Status {
  product: string;
  version: string;
  mode: "demo" | "replay" | "live";
  watching: boolean;
  why_not: string[];
  event_t: number;
  range: [number, number];
  episodes: Episode[];
  feeds: Feed[];
  ships: number;
  assets: number;
  posture: string;
  tick_ms: number;
  attribution: string[];
  cannot_see: string[];
  seen?: ShipsSeen | null;
  rights: string[];
  simulated: boolean;
  faults: string[];
}

export type Maybe = number | null;

/** One alert of a case: an asset, and who answers for it. */
export interface CaseLine {
  alert: string;
  revision: number;
  tier: string;
  state: string;
  asset_id: string;
  asset: string;
  /** `in 12 min`, `crossed 10:28Z`, `350 m off`, as of the case's `updated_t`. */
  when?: string;
  minutes?: Maybe;
  owner?: string;
  /** Whom to call about this asset. */
  call?: string;
  waters?: string;
}

/** A ship's alerts that have one cause, as people are told of them: the worst first. */
export interface Case {
  id: string;
  revision: number;
  updated_t: number;
  first_line: string;
  lines: CaseLine[];
}

export interface ShipColumns {
  at: number;
  n: number;
  mmsi: number[];
  track_id: string[];
  lat: number[];
  lon: number[];
  sog_kn: Maybe[];
  cog_deg: Maybe[];
  heading_deg: Maybe[];
  age_s: number[];
  length_m: Maybe[];
  name: string[];
  type: string[];
  risk: Maybe[];
  tier: string[];
  simulated: boolean[];
  /** Her place is. */
  doubted: boolean[];
  /** Her reported speed is: `sog_kn` is that of the way made. */
  speed_doubted?: boolean[];
  estimated?: boolean[];
}

export interface Crossing {
  t: number;
  asset: string;
  name: string;
  kp_km: Maybe;
}

export interface TrackColumns {
  t: number[];
  lat: number[];
  lon: number[];
  sog_kn: Maybe[];
  /** What was reported where that is doubted, and `sog_kn` is that of the way made; null of all others. */
  told_sog_kn?: Maybe[];
  cog_deg: Maybe[];
  heading_deg: Maybe[];
  expected_sog_kn: Maybe[];
  expected_sigma_kn: Maybe[];
  depth_m: Maybe[];
  depth_sigma_m: Maybe[];
  trust: number[];
  provenance: (number | string)[];
  crossings: Crossing[];
}

export interface Position {
  t: number;
  lat: number;
  lon: number;
  sog_kn?: Maybe;
  /** As in a track. */
  told_sog_kn?: Maybe;
  cog_deg?: Maybe;
  heading_deg?: Maybe;
  depth_m?: Maybe;
  age_s?: Maybe;
  nav_status?: Maybe;
  source?: string;
}

export interface Call {
  who: string;
  how: string;
}

export interface ShipCard {
  ship: ShipRef;
  position: Position | null;
  seen?: ShipSeen | null;
  findings: Finding[];
  alerts: Alert[];
  reasons: Reason[];
  counter_reasons: Reason[];
  ahead: AssetAhead[];
  waters?: Waters | string | null;
  call: Call[];
  script?: { over?: string; clear?: string } | null;
  dossier?: Record<string, unknown> | null;
}

export interface AssetProperties {
  id: string;
  name: string;
  kind: string;
  system?: string;
  status?: string;
  sigma_m?: number | null;
  watch_state?: string;
  attribution?: string;
}

export type AssetCollection = GeoJSON.FeatureCollection<
  GeoJSON.LineString | GeoJSON.MultiLineString,
  AssetProperties
>;

export interface ShipNear {
  ship: ShipRef;
  distance_m?: Maybe;
  kp_km?: Maybe;
  minutes?: Maybe;
}

export interface AssetCard {
  asset: AssetRef & {
    owner?: string;
    contact?: string;
    status?: string;
    sigma_m?: Maybe;
    system_name?: string;
    countries?: string[];
    source?: string;
    licence?: string;
    attribution?: string;
    notes?: string;
    watch_state?: string;
    accuracy_method?: string;
  };
  length_km: number;
  near: ShipNear[];
  next: ShipNear[];
  findings: Finding[];
}

export interface Timeline {
  bin_ms: number;
  from: number;
  density: number[];
  alerts: { t: number; tier: string; id: string }[];
  outages: [number, number][];
  findings: { t: number; kind: string }[];
}

/** Who is asking, and whether signing in is needed. */
export interface Me {
  needed: boolean;
  name: string;
  role: string;
  groups: string[];
}

/** All work as known at a time. */
export interface Desk {
  at: number;
  posture: { level: string; actor: string; t: number };
  works: Record<string, Work>;
  checklist: string[];
  silences: Silence[];
  /** Ids of the silences that cover alerts, by alert. */
  silenced: Record<string, string>;
  escalated: string[];
  promises: { alert: string; promise: Pledge; overdue: boolean }[];
  handovers: Handover[];
  /** Drills that are on; older servers hold none. */
  drills?: Drill[];
}

/** What is asked in each phase, and who has done what of it. */
export interface ChecklistAnswer {
  at: number;
  alert: string;
  asset: string;
  phases: { phase: string; points: { text: string; source: string; t: number | null; by: string }[] }[];
  others: { text: string; t: number; actor: string }[];
}

export interface Drill {
  id: string;
  t: number;
  end_t: number;
  planned_end_t: number;
  actor: string;
  asset: string;
  asset_name?: string;
  kp_km: number;
  mmsi: number;
  text: string;
  ended_by: string;
  runs?: boolean;
  ended?: boolean;
  debrief?: {
    alerted_t: number | null;
    alerted_min: number | null;
    steps: { what: string; t: number | null; by: string; minutes: number | null }[];
    phases: string[];
    ticks: number;
    acts: number;
    people: string[];
  };
}

/** One asset along its length. */
export interface AlongAnswer {
  at: number;
  asset: string;
  length_km: number;
  next: {
    ship: ShipRef;
    by: string;
    minutes: number;
    minutes_low: Maybe;
    minutes_high: Maybe;
    chance: Maybe;
    kp_km: Maybe;
  }[];
  /** How each stretch is watched; null for readers who may not know it. */
  watch: { kp_from_km: number; kp_to_km: number; state: string; since_t?: number }[] | null;
  crossings_day: number;
  alerts: {
    id: string;
    ship: ShipRef;
    highest_tier: Alert["tier"];
    raised_t: number;
    state: string;
    outcome: string;
    kp_km: Maybe;
  }[];
  faults: { id: string; from_t: number; state: string; kp_from_km: Maybe; kp_to_km: Maybe }[];
}

/** A kilometre point of an asset. */
export interface KpAnswer {
  at: number;
  asset: string;
  kp_km: number;
  lat: number;
  lon: number;
  depth_m: Maybe;
  depth_sigma_m: Maybe;
  waters: Waters | null;
  call: Call[];
  near: { ship: ShipRef; distance_m: number; t: number }[];
}

export interface DrillsAnswer {
  at: number;
  can: boolean;
  drills: Drill[];
}

export interface Drafts {
  safety_text: string;
  characters: number;
  script: { over: string; clear: string };
}

/** Where a ship may be: ways with their chance, and regions that hold her nine times in ten. */
export interface Outlook {
  t: number;
  by: "history" | "motion";
  known_share: number;
  minutes: number[];
  validated_min: number;
  paths: { chance: number; line: [number, number][] }[];
  regions: {
    minutes: number;
    level: number;
    validated: boolean;
    area_km2: number;
    geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon;
  }[];
}

/** How well each stretch of each asset is watched. */
export interface WatchStates {
  at: number;
  km: Record<string, number>;
  assets: {
    asset: string;
    name: string;
    length_km: number;
    stretches: { kp_from_km: number; kp_to_km: number; state: string; since_t?: number }[];
  }[];
}

/** One ship's way through waters, places and zones, and her silences. */
export interface ZoneDossier {
  mmsi: number;
  at: number;
  watch: string;
  zones: {
    kind: string;
    name: string;
    what: string;
    entry_t: number;
    exit_t: number;
    next?: string;
    watch?: string;
    next_watch?: string;
  }[];
  gaps: { from_t: number; to_t: number; distance_m: number }[];
}
