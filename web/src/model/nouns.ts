/** The server's nouns, as its JSON Schemas have them (fields that hold their default are left out on the way). */

export type {
  Alert,
  AssetAhead,
  AssetRef,
  Candidate,
  Fault,
  Finding,
  Handover,
  InputQuality,
  Pledge,
  Reason,
  Risk,
  ShipRef,
  Silence,
  SourceRef,
  Threshold,
  TrackPoint,
  Uncertain,
  Waters,
  Work,
} from "./generated";

/** From the least to the most urgent. */
export const TIERS = ["notice", "look", "challenge", "act"] as const;
export type Tier = (typeof TIERS)[number];
