/**
 * The server's nouns, as its JSON carries them (fields that hold their default are left out on the way).
 * `npm run types` writes the same from the server's JSON Schemas to generated.ts; a test compares the two.
 */

export const TIERS = ["notice", "look", "challenge", "act"] as const;
export type Tier = (typeof TIERS)[number];
export type AlertState = "raised" | "lowered" | "closed" | "retracted";

export interface ShipRef {
  mmsi: number;
  track_id: string;
  hull_id?: string;
  imo?: number;
  name?: string;
  callsign?: string;
  type?: string;
  length_m?: number | null;
  breadth_m?: number | null;
  draught_m?: number | null;
  simulated?: boolean;
}

export interface AssetRef {
  id: string;
  name: string;
  kind: string;
  system: string;
  kp_km?: number | null;
  kp_sigma_km?: number | null;
  version?: number;
  visibility?: string;
}

export interface Reason {
  text: string;
  /** Log-odds, natural logarithm. */
  weight?: number;
  measure?: string;
}

export interface Uncertain {
  name: string;
  value: number | null;
  unit: string;
  sigma?: number | null;
  bias?: number;
  method?: string;
}

export interface Threshold {
  name: string;
  value: number;
  unit: string;
  setting: string;
}

export interface AssetAhead {
  asset: AssetRef;
  minutes: number;
  minutes_low: number;
  minutes_high: number;
  chance: number;
}

export interface Waters {
  name: string;
  kind?: string;
  minutes_left?: number | null;
}

/** [t, lon, lat, sog_kn, cog_deg, heading_deg, trust] */
export type TrackPoint = [number, number, number, number | null, number | null, number | null, number];

export interface InputQuality {
  positions: number;
  median_interval_s: number | null;
  longest_gap_s: number | null;
  doubted: number;
  heading_share: number;
  provenance: string;
}

export interface SourceRef {
  source: string;
  file?: string;
  first_offset?: number;
  last_offset?: number;
  receivers?: string[];
}

export interface Finding {
  id: string;
  revision: number;
  kind: string;
  state: "open" | "closed" | "retracted";
  ship: ShipRef;
  asset?: AssetRef | null;
  start_t: number;
  end_t?: number | null;
  known_from_t: number;
  known_to_t?: number | null;
  measured?: Uncertain[];
  thresholds?: Threshold[];
  track?: TrackPoint[];
  input_quality?: InputQuality | null;
  benign?: Reason[];
  sources?: SourceRef[];
  settings_hash?: string;
  code_version?: string;
  model_hash?: string;
  simulated?: boolean;
  why_retracted?: string;
}

export interface Alert {
  id: string;
  revision: number;
  tier: Tier;
  highest_tier: Tier;
  state: AlertState;
  ship: ShipRef;
  asset: AssetRef;
  first_line: string;
  second_line?: string;
  start_t: number;
  raised_t: number;
  updated_t: number;
  closed_t?: number | null;
  known_from_t: number;
  /** Chance, 0..1. */
  risk: number;
  consequence?: number;
  reasons?: Reason[];
  counter_reasons?: Reason[];
  findings?: string[];
  ahead?: AssetAhead[];
  waters?: Waters | null;
  group?: string;
  group_size?: number;
  fault_id?: string;
  outcome?: string;
  simulated?: boolean;
}

export interface Candidate {
  rank: number;
  /** Absent: a ship nobody saw. */
  ship?: ShipRef | null;
  chance: number;
  crossed_t?: number | null;
  distance_m?: number | null;
  distance_sigma_m?: number | null;
  kp_km?: number | null;
  speed_before_kn?: number | null;
  speed_at_kn?: number | null;
  speed_after_kn?: number | null;
  speaks_for?: Reason[];
  speaks_against?: Reason[];
  ahead?: AssetAhead[];
  waters?: Waters | null;
  last_t?: number | null;
  last_lat?: number | null;
  last_lon?: number | null;
  script?: string;
}

export interface Fault {
  id: string;
  revision?: number;
  state?: "open" | "cleared";
  asset: AssetRef;
  kp_from_km?: number | null;
  kp_to_km?: number | null;
  from_t: number;
  to_t?: number | null;
  declared_t: number;
  known_from_t: number;
  actor?: string;
  note?: string;
  candidates?: Candidate[];
  ships_considered?: number;
  blind?: string;
  exercise?: boolean;
}
