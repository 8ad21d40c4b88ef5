/** From the server's ship columns to the vertex columns of the ship layer. */

import type { ShipColumns } from "../model/answers";
import { rgb, type Tokens } from "../ui/tokens";
import { mercator } from "./geometry";

export const STRIDE = 28;
export const ANCHOR: [number, number] = [0.5416, 0.305];
export const MARK = { simulated: 1, selected: 2, doubted: 4, tier: 8 } as const;

const TIER_ORDER = ["", "notice", "look", "challenge", "act"];

/** Opacity by the age of the last report: whole within 3 min, 0.4 from two hours on. */
export function opacity(age_s: number): number {
  if (!(age_s > 180)) return 1;
  return Math.max(0.4, 1 - 0.6 * (Math.log(age_s / 180) / Math.log(40)));
}

/** Length of the arrow in CSS pixels by the length of the ship. */
export function arrowLength(length_m: number | null): number {
  return length_m ? Math.min(24, 11 + length_m / 26) : 13;
}

/** Rows in drawing order: those that carry more risk lie on top, the chosen one last. */
export function drawingOrder(ships: ShipColumns, selected: number): number[] {
  const weight = (row: number) =>
    ships.mmsi[row] === selected
      ? 9
      : TIER_ORDER.indexOf(ships.tier[row] ?? "") + (ships.simulated[row] ? 0.5 : 0);
  return Array.from({ length: ships.n }, (_, row) => row).sort((a, b) => weight(a) - weight(b) || a - b);
}

/** One interleaved vertex buffer for all ships. */
export function pack(ships: ShipColumns, tokens: Tokens, selected: number): ArrayBuffer {
  const buffer = new ArrayBuffer(ships.n * STRIDE);
  const f = new Float32Array(buffer);
  const u = new Uint8Array(buffer);
  const colours: Record<string, [number, number, number]> = {
    "": rgb(tokens.ship),
    notice: rgb(tokens.ship),
    look: rgb(tokens.look),
    challenge: rgb(tokens.challenge),
    act: rgb(tokens.act),
  };
  drawingOrder(ships, selected).forEach((row, i) => {
    const word = (i * STRIDE) / 4;
    const byte = i * STRIDE;
    const [x, y] = mercator(ships.lon[row]!, ships.lat[row]!);
    const tier = ships.tier[row] ?? "";
    const sog = ships.sog_kn[row];
    const course = ships.cog_deg[row] ?? ships.heading_deg[row];
    const still = course == null || (sog != null && sog < 0.3);
    f[word] = x - ANCHOR[0];
    f[word + 1] = y - ANCHOR[1];
    f[word + 2] = still ? -10 : (course * Math.PI) / 180;
    f[word + 3] = arrowLength(ships.length_m[row] ?? null) * (tier && tier !== "notice" ? 1.25 : 1);
    const colour = colours[tier] ?? colours[""]!;
    const loud = tier !== "" && tier !== "notice";
    const alpha = loud || ships.mmsi[row] === selected ? 1 : opacity(ships.age_s[row] ?? 0);
    for (let c = 0; c < 3; c++) u[byte + 16 + c] = Math.round(colour[c]! * 255);
    u[byte + 19] = Math.round(alpha * 255);
    const id = row + 1;
    u[byte + 20] = id & 255;
    u[byte + 21] = (id >> 8) & 255;
    u[byte + 22] = (id >> 16) & 255;
    u[byte + 23] = 255;
    f[word + 6] =
      (ships.simulated[row] ? MARK.simulated : 0) +
      (ships.mmsi[row] === selected ? MARK.selected : 0) +
      (ships.doubted[row] ? MARK.doubted : 0) +
      (loud ? MARK.tier : 0);
  });
  return buffer;
}
