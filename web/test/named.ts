/** Ships and answers that the tests speak of. None of them is real but the two named as such. */

import type {
  AssetCollection,
  Desk,
  Outlook,
  ShipCard,
  ShipColumns,
  ShipSeen,
  ShipsSeen,
  Status,
  TrackColumns,
  WatchStates,
  ZoneDossier,
} from "../src/model/answers";
import type { Alert, Fault, Finding, Handover, Silence } from "../src/model/nouns";

/** 25 Dec 2024, 10:42Z */
export const AT = Date.UTC(2024, 11, 25, 10, 42);
export const MIN = 60_000;

export const estlink = { id: "estlink-1", name: "Estlink 1", kind: "power_cable", system: "estlink-1" };
export const clion = { id: "c-lion-1", name: "C-Lion 1", kind: "telecom_cable", system: "c-lion-1" };

export const wanderer = {
  mmsi: 999000017,
  track_id: "999000017-1",
  name: "EXAMPLE WANDERER",
  type: "cargo",
  length_m: 138,
  simulated: true,
};
export const nautica = { mmsi: 265859000, track_id: "265859000-1", name: "Stena Nautica", type: "passenger" };

export const slowing: Finding = {
  id: "sl-1",
  revision: 2,
  kind: "slow_down",
  state: "open",
  ship: wanderer,
  asset: { ...estlink, kp_km: 41.2 },
  start_t: AT - 14 * MIN,
  known_from_t: AT - 10 * MIN,
  measured: [
    { name: "speed_drop", value: 4.6, unit: "kn", sigma: 0.5 },
    { name: "heading_minus_course", value: 6, unit: "deg", sigma: 2 },
  ],
  thresholds: [{ name: "speed_drop", value: 2.5, unit: "kn", setting: "behaviours.slow_down.drop_kn" }],
  benign: [{ text: "Engine trouble: she would call the coast station" }],
};

export const challenge: Alert = {
  id: "al-1",
  revision: 3,
  tier: "challenge",
  highest_tier: "challenge",
  state: "raised",
  ship: wanderer,
  asset: estlink,
  first_line:
    "CHALLENGE · EXAMPLE WANDERER 999000017 · anchor out? since 10:28Z (14 min) · ESTLINK 1 in 55 min (40-95) · 1 in 8 · FI EEZ, out in 35 min",
  start_t: AT - 14 * MIN,
  raised_t: AT - 10 * MIN,
  updated_t: AT,
  known_from_t: AT,
  risk: 0.125,
  reasons: [{ text: "Slower than her own last hours, no port near", weight: 2.1, measure: "speed_drop" }],
  counter_reasons: [{ text: "She keeps her course", weight: -0.7 }],
  findings: ["sl-1"],
  ahead: [
    { asset: clion, minutes: 140, minutes_low: 120, minutes_high: 190, chance: 0.6 },
    { asset: estlink, minutes: 55, minutes_low: 40, minutes_high: 95, chance: 0.9 },
  ],
  waters: { name: "FI", kind: "EEZ", minutes_left: 35 },
  simulated: true,
};

export const notice: Alert = {
  ...challenge,
  id: "al-2",
  tier: "notice",
  highest_tier: "look",
  state: "lowered",
  ship: nautica,
  first_line: "NOTICE · Stena Nautica 265859000 · slower than usual since 10:28Z (14 min)",
  ahead: [],
  risk: 0.002,
  simulated: false,
};

export const gale: Alert = {
  ...notice,
  id: "gr-1",
  state: "raised",
  group: "weather",
  group_size: 38,
  first_line: "NOTICE · weather: 38 ships, median -9 %",
};

export const card: ShipCard = {
  ship: wanderer,
  position: { t: AT - 3 * MIN, lat: 59.5, lon: 24.6, sog_kn: 6.1, cog_deg: 84, heading_deg: 90, depth_m: 61 },
  findings: [slowing],
  alerts: [challenge],
  reasons: [],
  counter_reasons: [],
  ahead: [],
  waters: { name: "FI", kind: "EEZ" },
  call: [{ who: "MRCC Turku", how: "VHF 16" }],
  script: { over: "Example Wanderer, say your engine revolutions. Over." },
  dossier: { first_heard: "2024-12-25" },
};

export const track: TrackColumns = {
  t: [AT - 60 * MIN, AT - 40 * MIN, AT - 20 * MIN, AT],
  lat: [59.4, 59.43, 59.46, 59.5],
  lon: [24.2, 24.33, 24.46, 24.6],
  sog_kn: [10.7, 10.6, 8.0, 6.1],
  cog_deg: [84, 84, 85, 84],
  heading_deg: [84, 84, 89, null],
  expected_sog_kn: [10.6, 10.6, 10.6, 10.6],
  expected_sigma_kn: [0.9, 0.9, 0.9, 0.9],
  depth_m: [70, 66, 63, 61],
  depth_sigma_m: [20, 20, 20, 20],
  trust: [0, 0, 0, 0],
  provenance: [1, 1, 1, 1],
  crossings: [{ t: AT - 30 * MIN, asset: "c-lion-1", name: "C-Lion 1", kp_km: 12 }],
};

export const fault: Fault = {
  id: "fault-1",
  asset: estlink,
  kp_from_km: 30,
  kp_to_km: 60,
  from_t: AT - 60 * MIN,
  to_t: AT,
  declared_t: AT,
  known_from_t: AT,
  actor: "operator",
  ships_considered: 41,
  blind: "East of 17° E no receiver reports.",
  candidates: [
    {
      rank: 1,
      ship: wanderer,
      chance: 0.62,
      crossed_t: AT - 20 * MIN,
      distance_m: 0,
      distance_sigma_m: 1500,
      kp_km: 41.2,
      speed_before_kn: 10.6,
      speed_at_kn: 6.1,
      speed_after_kn: 6,
      speaks_for: [{ text: "Crossed the line inside the window", weight: 1.4 }],
      speaks_against: [],
      script: "Example Wanderer, say whether your anchors are home and how you know. Over.",
    },
    { rank: 2, ship: null, chance: 0.3, speaks_for: [{ text: "Small craft need no AIS", weight: 0.2 }] },
    {
      rank: 3,
      ship: nautica,
      chance: 0.08,
      crossed_t: AT - 50 * MIN,
      speaks_against: [{ text: "Kept her usual speed", weight: -1.2 }],
    },
  ],
};

export const ships: ShipColumns = {
  at: AT,
  n: 3,
  mmsi: [265859000, 999000017, 271051337],
  track_id: ["265859000-1", "999000017-1", "271051337-1"],
  lat: [56.4, 59.5, 57.7],
  lon: [10.9, 24.6, 9.3],
  sog_kn: [14.3, 6.1, 0.1],
  cog_deg: [76, 84, 57],
  heading_deg: [null, 90, null],
  age_s: [30, 180, 7200],
  length_m: [134, 138, null],
  name: ["Stena Nautica", "EXAMPLE WANDERER", "Reyhan Sari"],
  type: ["passenger", "cargo", "cargo"],
  risk: [null, 0.125, null],
  tier: ["", "challenge", ""],
  simulated: [false, true, false],
  doubted: [false, false, true],
};

export const assets: AssetCollection = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      properties: {
        id: "estlink-1",
        name: "Estlink 1",
        kind: "power_cable",
        sigma_m: 1500,
        watch_state: "unobserved",
      },
      geometry: {
        type: "LineString",
        coordinates: [
          [24.55, 59.38],
          [24.56, 60.2],
        ],
      },
    },
    {
      type: "Feature",
      properties: {
        id: "c-lion-1",
        name: "C-Lion 1",
        kind: "telecom_cable",
        sigma_m: 1500,
        watch_state: "observed",
      },
      geometry: {
        type: "LineString",
        coordinates: [
          [25, 60.1],
          [19.6, 57.7],
          [12.1, 54.2],
        ],
      },
    },
  ],
};

export const status: Status = {
  product: "Seawarden",
  version: "0",
  mode: "demo",
  watching: true,
  why_not: [],
  event_t: AT,
  range: [AT - 600 * MIN, AT + 600 * MIN],
  episodes: [
    { id: "a", label: "17 Nov 2024", from: AT - 600 * MIN, to: AT - 300 * MIN },
    { id: "b", label: "25 Dec 2024", from: AT - 100 * MIN, to: AT + 600 * MIN },
  ],
  feeds: [{ id: "incident days", state: "file", records: 4120, rejected: 2 }],
  ships: 3,
  assets: 2,
  posture: "normal",
  tick_ms: 10_000,
  attribution: ["Danish Maritime Authority"],
  cannot_see: ["Ships that carry no AIS"],
  rights: [],
  simulated: true,
  faults: [],
};

export const seen: ShipsSeen = {
  t: AT,
  ships: 64,
  well: 41,
  perhaps: 15,
  hardly: 8,
  chance: 0.71,
  causes: { rare: 5, below: 3 },
  line:
    "of 64 ships under way near assets, a drag of 30 % would be noticed within 15 min on 41 (8 in 10 or better), " +
    "perhaps on 15, hardly on 8: 5 heard too rarely, 3 slower than 6 kn",
  blind: [
    { mmsi: 219_000_044, name: "SELDOM HEARD", chance: 0.01, reasons: ["heard every 6 min"] },
    { mmsi: 219_000_045, name: "", chance: 0.02, reasons: ["slower than 6 kn"] },
  ],
};

export const seenOnHer: ShipSeen = {
  t: AT,
  how: "perhaps",
  chance: 0.62,
  chances: { "30 % in 15 min, noticed": 0.62, "30 % in 15 min, look": 0.21, "15 % in 30 min, noticed": 0.4 },
  angled: { "30 % in 15 min, noticed": 0.9 },
  reasons: ["heard for 12 min only"],
  line: "a drag of 30 % beginning now would perhaps be noticed within 15 min, 6 in 10: heard for 12 min only",
};

export const desk: Desk = {
  at: AT,
  posture: { level: "normal", actor: "", t: 0 },
  works: {
    "al-1": {
      alert_id: "al-1",
      phase: "challenge",
      acknowledged_t: AT,
      acknowledged_by: "Ane",
      calls: [{ t: AT, actor: "Ane", whom: "the bridge", answer: "both anchors home", kind: "satisfying" }],
      promises: [{ id: "p-1", t: AT, actor: "Ane", text: "revolutions reported", due_t: AT + 600_000 }],
    },
  },
  checklist: ["position checked against another source"],
  silences: [],
  silenced: {},
  escalated: [],
  promises: [
    {
      alert: "al-1",
      promise: { id: "p-1", t: AT, actor: "Ane", text: "revolutions reported", due_t: AT + 600_000 },
      overdue: false,
    },
  ],
  handovers: [],
};

export const tow: Silence = {
  id: "s-1",
  t: AT,
  actor: "Ane",
  until_t: AT + 3_600_000,
  why: "a declared tow",
  mmsi: 230_000_001,
  assets: ["estlink-1"],
};

export const offered: Handover = { id: "h-1", t: AT, given_by: "Ane", note: "quiet night" };

export const outlook: Outlook = {
  t: AT,
  by: "history",
  known_share: 0.8,
  minutes: [0, 60, 360, 720],
  validated_min: 360,
  paths: [
    {
      chance: 0.4,
      line: [
        [25, 59.9],
        [25.2, 59.9],
        [25.6, 59.9],
        [26, 59.9],
      ],
    },
  ],
  regions: [
    {
      minutes: 60,
      level: 0.9,
      validated: true,
      area_km2: 12,
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [25.1, 59.8],
            [25.3, 59.8],
            [25.2, 60],
            [25.1, 59.8],
          ],
        ],
      },
    },
  ],
};

export const watchStates: WatchStates = {
  at: AT,
  km: { observed: 412.4, unobserved: 30, thin: 0, jammed: 0 },
  assets: [
    {
      asset: "estlink-1",
      name: "Estlink 1",
      length_km: 105,
      stretches: [
        { kp_from_km: 0, kp_to_km: 40, state: "observed" },
        { kp_from_km: 40, kp_to_km: 105, state: "unobserved" },
      ],
    },
  ],
};

export const zoneDossier: ZoneDossier = {
  mmsi: 999000017,
  at: AT,
  watch: "MRCC Turku",
  zones: [
    {
      kind: "waters",
      name: "EE",
      what: "territorial sea",
      entry_t: AT - 5_400_000,
      exit_t: AT - 1_800_000,
      next: "FI",
      next_watch: "MRCC Turku",
    },
  ],
  gaps: [{ from_t: AT - 9_000_000, to_t: AT - 7_200_000, distance_m: 5_000 }],
};
