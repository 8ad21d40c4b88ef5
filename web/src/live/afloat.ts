/** The ships that the socket tells of, laid over the columns of the whole fleet. */

import type { ShipColumns } from "../model/answers";
import type { Frame, LiveShip, Words } from "./frame";

export interface Afloat {
  take(frame: Frame): void;
  /** The columns as of a time, with what the socket told since; the columns themselves are left as they are. */
  over(columns: ShipColumns, at: number): ShipColumns;
  clear(): void;
  readonly size: number;
  /** Ships in all, in the box and out of it, as the socket told last. */
  readonly all: number;
}

export function createAfloat(): Afloat {
  const ships = new Map<number, LiveShip>();
  const words = new Map<number, Words>();
  let all = 0;
  const clear = () => {
    ships.clear();
    words.clear();
    all = 0;
  };
  return {
    clear,
    get size() {
      return ships.size;
    },
    get all() {
      return all;
    },
    take(frame) {
      if (frame.key) clear();
      all = frame.all;
      for (const id of frame.gone) {
        ships.delete(id);
        words.delete(id);
      }
      for (const said of frame.words) words.set(said[0], said);
      for (const ship of frame.ships) ships.set(ship.id, ship);
    },
    over(columns, at) {
      const later_s = (at - columns.at) / 1000;
      const out: ShipColumns = {
        ...columns,
        at,
        mmsi: [...columns.mmsi],
        track_id: [...columns.track_id],
        lat: [...columns.lat],
        lon: [...columns.lon],
        sog_kn: [...columns.sog_kn],
        cog_deg: [...columns.cog_deg],
        heading_deg: [...columns.heading_deg],
        age_s: columns.age_s.map((age) => age + later_s),
        length_m: [...columns.length_m],
        name: [...columns.name],
        type: [...columns.type],
        risk: [...columns.risk],
        tier: [...columns.tier],
        simulated: [...columns.simulated],
        doubted: [...columns.doubted],
      };
      if (columns.estimated) out.estimated = [...columns.estimated];
      if (columns.speed_doubted) out.speed_doubted = [...columns.speed_doubted];
      const rows = new Map(columns.track_id.map((track, row) => [track, row]));
      for (const ship of ships.values()) {
        const [, name, type, track] = words.get(ship.id) ?? [ship.id, "", "", String(ship.mmsi)];
        const row = rows.get(track) ?? out.mmsi.length;
        out.mmsi[row] = ship.mmsi;
        out.track_id[row] = track;
        out.lat[row] = ship.lat;
        out.lon[row] = ship.lon;
        out.sog_kn[row] = ship.sog_kn;
        out.cog_deg[row] = ship.cog_deg;
        out.heading_deg[row] = ship.heading_deg;
        out.age_s[row] = Math.max(0, (at - ship.t) / 1000);
        out.length_m[row] = ship.length_m;
        out.name[row] = name;
        out.type[row] = type;
        out.risk[row] = ship.risk;
        out.tier[row] = ship.tier;
        out.simulated[row] = ship.simulated;
        out.doubted[row] = ship.doubted;
        if (out.estimated) out.estimated[row] = false;
        if (out.speed_doubted) out.speed_doubted[row] = ship.speed_doubted;
      }
      out.n = out.mmsi.length;
      return out;
    },
  };
}
