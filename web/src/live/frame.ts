/** The server's live ships as bytes: docs/reference/live-ships.md says where each of them stands. */

export const HEAD = 40;
export const ROW = 38;
const MAGIC = 0x314c5753; // "SWL1"
const UNKNOWN = 0xffff;
const TIERS = ["", "notice", "look", "challenge", "act"] as const;
const SIMULATED = 1;
const DOUBTED = 2;
const SPEED_DOUBTED = 4;

export type Words = [id: number, name: string, type: string, track_id: string];

export interface LiveShip {
  id: number;
  mmsi: number;
  /** Event time of her last position, ms. */
  t: number;
  lat: number;
  lon: number;
  risk: number | null;
  sog_kn: number | null;
  cog_deg: number | null;
  heading_deg: number | null;
  length_m: number | null;
  tier: string;
  simulated: boolean;
  doubted: boolean;
  speed_doubted: boolean;
}

export interface Frame {
  /** All ships in the box, in place of all that came before; else what changed. */
  key: boolean;
  sequence: number;
  at: number;
  ships: LiveShip[];
  /** Ids of ships that are no longer in the box. */
  gone: number[];
  words: Words[];
  /** Ships in the box. */
  within: number;
  /** Ships in all. */
  all: number;
}

/** Read one frame; throws a RangeError where the bytes are none. */
export function decodeFrame(data: ArrayBuffer): Frame {
  if (data.byteLength < HEAD) throw new RangeError("shorter than a frame's head");
  const head = new DataView(data);
  const u32 = (at: number) => head.getUint32(at, true);
  const start = head.getUint16(6, true);
  const n = u32(12);
  const gone = u32(16);
  const words = u32(20);
  const rows = Math.ceil((n * ROW) / 4) * 4;
  if (u32(0) !== MAGIC || data.byteLength !== start + rows + 4 * gone + words)
    throw new RangeError("not a frame of ships");
  let at = start;
  const column = (width: number) => {
    const from = at;
    at += n * width;
    return from;
  };
  const time = column(8);
  const id = column(4);
  const mmsi = column(4);
  const lat = column(4);
  const lon = column(4);
  const risk = column(4);
  const sog = column(2);
  const cog = column(2);
  const heading = column(2);
  const length = column(2);
  const tier = column(1);
  const flags = column(1);
  const steps = (column: number, row: number, unit: number) => {
    const value = head.getUint16(column + 2 * row, true);
    return value === UNKNOWN ? null : value / unit;
  };
  const ships = Array.from({ length: n }, (_, k): LiveShip => {
    const chance = head.getFloat32(risk + 4 * k, true);
    const marks = head.getUint8(flags + k);
    return {
      id: u32(id + 4 * k),
      mmsi: u32(mmsi + 4 * k),
      t: head.getFloat64(time + 8 * k, true),
      lat: head.getInt32(lat + 4 * k, true) / 1e6,
      lon: head.getInt32(lon + 4 * k, true) / 1e6,
      risk: Number.isNaN(chance) ? null : chance,
      sog_kn: steps(sog, k, 100),
      cog_deg: steps(cog, k, 10),
      heading_deg: steps(heading, k, 10),
      length_m: steps(length, k, 10),
      tier: TIERS[head.getUint8(tier + k)] ?? "",
      simulated: (marks & SIMULATED) !== 0,
      doubted: (marks & DOUBTED) !== 0,
      speed_doubted: (marks & SPEED_DOUBTED) !== 0,
    };
  });
  const after = start + rows;
  return {
    key: head.getUint8(4) === 0,
    sequence: u32(8),
    at: head.getFloat64(24, true),
    ships,
    gone: Array.from({ length: gone }, (_, k) => u32(after + 4 * k)),
    words: words
      ? (JSON.parse(new TextDecoder().decode(new Uint8Array(data, after + 4 * gone))) as Words[])
      : [],
    within: u32(32),
    all: u32(36),
  };
}
