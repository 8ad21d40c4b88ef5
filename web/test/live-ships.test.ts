import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAfloat } from "../src/live/afloat";
import { decodeFrame, type Frame, HEAD, type LiveShip, type Words } from "../src/live/frame";
import { startLoader } from "../src/live/loader";
import { around, lineUrl, startShips } from "../src/live/ships";
import { seek } from "../src/live/store";
import { AT, ships, status } from "./named";
import { roomWith, settle } from "./room";

/** What the server's own test writes. */
const hex = readFileSync("test/ships-frame.hex", "utf8").trim();
const bytes = () => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16)).buffer;

describe("a frame", () => {
  it("reads as the server wrote it", () => {
    const frame = decodeFrame(bytes());
    expect({ ...frame, ships: frame.ships.map((ship) => ship.id) }).toEqual({
      key: false,
      sequence: 9,
      at: 1_735_123_321_000,
      ships: [7, 8, 4_000_000_000],
      gone: [3, 70_000],
      words: [
        [7, "NORDIC TEST", "tanker", "219000001-1"],
        [8, "ÖSTERSJÖ", "", "999000017-2"],
      ],
      within: 12,
      all: 20_000,
    });
    expect(frame.ships[0]).toEqual({
      id: 7,
      mmsi: 219_000_001,
      t: 1_735_123_320_000,
      lat: 57.000001,
      lon: 11.5,
      risk: 0.125,
      sog_kn: 12.34,
      cog_deg: 359.9,
      heading_deg: null,
      length_m: 180.5,
      tier: "challenge",
      simulated: false,
      doubted: false,
      speed_doubted: false,
    });
    expect(frame.ships[1]).toMatchObject({ lat: -33.9, lon: -179.999999, risk: null, sog_kn: null });
    expect(frame.ships[1]).toMatchObject({ length_m: null, tier: "", simulated: true, doubted: false });
    expect(frame.ships[2]).toMatchObject({ risk: 1, tier: "act", simulated: true, doubted: true });
  });
  it("is refused when it is cut off, too long or something else", () => {
    const whole = bytes();
    for (const end of [0, HEAD - 1, HEAD, whole.byteLength - 1])
      expect(() => decodeFrame(whole.slice(0, end))).toThrow(RangeError);
    expect(() => decodeFrame(new Uint8Array([...new Uint8Array(whole), 0]).buffer)).toThrow(RangeError);
    expect(() => decodeFrame(new ArrayBuffer(100))).toThrow(RangeError);
  });
});

const ship = (id: number, over: Partial<LiveShip> = {}): LiveShip => ({
  id,
  mmsi: 219_000_000 + id,
  t: AT,
  lat: 57,
  lon: 11,
  risk: null,
  sog_kn: 10,
  cog_deg: 90,
  heading_deg: null,
  length_m: null,
  tier: "",
  simulated: false,
  doubted: false,
  speed_doubted: false,
  ...over,
});
const tell = (over: Partial<Frame> = {}): Frame => ({
  key: false,
  sequence: 1,
  at: AT + 1000,
  ships: [],
  gone: [],
  words: [],
  within: 0,
  all: 0,
  ...over,
});
const known: Words = [1, "EXAMPLE WANDERER", "cargo", ships.track_id[0]!];

describe("ships afloat", () => {
  it("move in the columns of the fleet, and new ones join", () => {
    const afloat = createAfloat();
    afloat.take(
      tell({
        key: true,
        ships: [ship(1, { lat: 60.5, tier: "act", risk: 0.5 }), ship(2)],
        words: [known, [2, "NEW", "", "219000002-1"]],
      }),
    );
    const over = afloat.over(ships, AT + 2000);
    expect([over.at, over.n, over.lat[0], over.tier[0], over.age_s[0]]).toEqual([
      AT + 2000,
      ships.n + 1,
      60.5,
      "act",
      2,
    ]);
    expect(over.name.at(-1)).toBe("NEW");
    expect(over.age_s[1]).toBeCloseTo(ships.age_s[1]! + (AT + 2000 - ships.at) / 1000);
    for (const column of [over.mmsi, over.sog_kn, over.risk, over.type, over.doubted])
      expect(column).toHaveLength(over.n);
    expect(ships.lat[0]).not.toBe(60.5);
  });
  it("that leave stay where they were seen last; a key frame forgets all before", () => {
    const afloat = createAfloat();
    afloat.take(tell({ key: true, ships: [ship(1, { lat: 60.5 })], words: [known] }));
    const before = afloat.over(ships, AT);
    afloat.take(tell({ gone: [1] }));
    expect([afloat.size, afloat.over(before, AT).lat[0]]).toEqual([0, 60.5]);
    afloat.take(tell({ ships: [ship(2)] }));
    afloat.take(tell({ key: true, ships: [ship(3)] }));
    expect(afloat.size).toBe(1);
  });
});

describe("what is asked for", () => {
  it("is the view and a margin, across 180 degrees and up to the whole world", () => {
    expect(around([10, 50, 14, 54])).toEqual([9, 49, 15, 55]);
    expect(around([170, 80, 190, 88])).toEqual([165, 78, 195, 90]);
    expect(around([-200, 50, -180, 60])).toEqual([155, 47.5, 185, 62.5]);
    expect(around([-170, -80, 170, 80])).toEqual([-180, -90, 180, 90]);
  });
  it("goes beside the events, and as private as the page", () => {
    expect(lineUrl("/api/stream", "https://watch.example/x")).toBe("wss://watch.example/api/ships/live");
    expect(lineUrl("/api/stream", "http://127.0.0.1:8600/")).toBe("ws://127.0.0.1:8600/api/ships/live");
  });
});

class Line {
  static all: Line[] = [];
  readyState = 0;
  binaryType = "";
  said: Record<string, unknown>[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: ArrayBuffer }) => void = () => undefined;
  onclose: () => void = () => undefined;
  closed = false;
  constructor(readonly url: string) {
    Line.all.push(this);
  }
  send(text: string) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
    this.onclose();
  }
}

describe("the line", () => {
  const open = (url: string) => new Line(url) as unknown as WebSocket;
  beforeEach(() => {
    vi.useFakeTimers();
    Line.all = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const room = () => {
    const live = { ...status, mode: "live" as const };
    const store = roomWith({ status: vi.fn(async () => live) });
    store.status.value = live;
    store.box.value = [10, 50, 14, 54];
    return store;
  };

  it("is open while the screen follows a live watch that has a map, and never else", () => {
    const store = roomWith();
    const stop = startShips(store, open);
    store.box.value = [10, 50, 14, 54];
    expect(Line.all).toHaveLength(0);
    store.status.value = { ...status, mode: "live" };
    expect(Line.all).toHaveLength(1);
    seek(store, AT - 60_000);
    expect([Line.all.length, Line.all[0]!.closed, store.live.value]).toEqual([1, true, false]);
    stop();
  });
  it("says what is in view and what was taken in, and moves the ships", () => {
    const store = room();
    const stop = startShips(store, open);
    const [line] = Line.all;
    line!.readyState = 1;
    line!.onopen();
    line!.onmessage({ data: bytes() });
    expect(store.live.value).toBe(true);
    store.box.value = [20, 50, 24, 54];
    line!.onmessage({ data: bytes() });
    expect(line!.said).toEqual([{ box: [9, 49, 15, 55] }, { got: 9 }, { box: [19, 49, 25, 55] }, { got: 9 }]);
    expect(store.ships.value!.mmsi).toContain(219_000_001);
    expect(store.ships.value!.at).toBe(1_735_123_321_000);
    stop();
  });
  it("leaves the rest of the fleet to be asked for: once a minute, sooner while many are unknown", async () => {
    const store = room();
    const stop = startShips(store, open);
    const loader = startLoader(store);
    Line.all[0]!.onmessage({ data: bytes() }); // tells of 20,000 in all
    await settle();
    const calls = vi.mocked(store.api.ships).mock.calls;
    const asked = async (after_ms: number) => {
      const before = calls.length;
      vi.advanceTimersByTime(after_ms);
      Line.all[0]!.onmessage({ data: bytes() });
      store.at.value += after_ms;
      await settle();
      return calls.length - before;
    };
    expect([await asked(1_000), await asked(4_500)]).toEqual([0, 1]);
    vi.mocked(store.api.ships).mockImplementation(async (at) => {
      const column = <T>(value: T) => Array.from({ length: 20_000 }, () => value);
      const track_id = Array.from({ length: 20_000 }, (_, k) => `t${k}`);
      const fleet = Object.entries(ships).map(([name, held]) => [
        name,
        Array.isArray(held) ? column(held[0]) : held,
      ]);
      return { ...Object.fromEntries(fleet), track_id, n: 20_000, at };
    });
    const steps = [];
    for (let k = 0; k < 13; k++) steps.push(await asked(5_000));
    expect(steps).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    loader.stop();
    stop();
  });
  it("that breaks, falls silent or makes no sense is given up for polling, and tried again later", async () => {
    const store = room();
    const stop = startShips(store, open);
    const loader = startLoader(store);
    await settle();
    for (const fault of [
      (line: Line) => line.close(),
      () => vi.advanceTimersByTime(6_000),
      (line: Line) => line.onmessage({ data: new ArrayBuffer(3) }),
    ]) {
      const line = Line.all.at(-1)!;
      line.onmessage({ data: bytes() });
      await settle();
      expect(store.live.value).toBe(true);
      const asked = vi.mocked(store.api.ships).mock.calls.length;
      store.at.value += 500;
      await settle();
      expect(vi.mocked(store.api.ships).mock.calls.length).toBe(asked);
      fault(line);
      expect([line.closed, store.live.value, store.afloat.size]).toEqual([true, false, 0]);
      store.at.value += 500;
      await settle();
      expect(vi.mocked(store.api.ships).mock.calls.length).toBeGreaterThan(asked);
      const tried = Line.all.length;
      vi.advanceTimersByTime(1_000);
      expect(Line.all.length).toBe(tried + 1);
    }
    loader.stop();
    stop();
  });
});
