/** The server's nouns, as its JSON Schemas have them (fields that hold their default are left out on the way). */

export type {
  Alert,
  AssetAhead,
  AssetRef,
  Candidate,
  Fault,
  Finding,
  InputQuality,
  Reason,
  Risk,
  ShipRef,
  SourceRef,
  Threshold,
  TrackPoint,
  Uncertain,
  Waters,
} from "./generated";

/** From the least to the most urgent. */
export const TIERS = ["notice", "look", "challenge", "act"] as const;
export type Tier = (typeof TIERS)[number];
