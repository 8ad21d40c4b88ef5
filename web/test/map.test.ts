import { describe, expect, it } from "vitest";
import { assetLayers, kpMarks, pixels } from "../src/map/assets";
import { fanFeatures } from "../src/map/fan";
import { faultFeatures } from "../src/map/fault";
import { cut, kilometrePoints, mercator, pieceLength } from "../src/map/geometry";
import { nameFeatures } from "../src/map/names";
import { arrowLength, drawingOrder, MARK, opacity, pack, STRIDE } from "../src/map/pack";
import { nearestRow, shifted } from "../src/map/ships";
import { baseStyle } from "../src/map/style";
import { trackFeatures } from "../src/map/track";
import { watchFeatures } from "../src/map/watch";
import { dark } from "../src/ui/tokens";
import { AT, assets, fault, MIN, outlook, ships, track, watchStates } from "./named";

describe("geometry", () => {
  it("has a degree of latitude at 57 N as WGS84 has it", () => {
    expect(pieceLength([10, 56.5], [10, 57.5])).toBeCloseTo(111_360, -2);
  });
  it("measures across the antimeridian the short way", () => {
    expect(pieceLength([179.9, 57], [-179.9, 57])).toBeCloseTo(pieceLength([0, 57], [0.2, 57]), 3);
  });
  it("puts the equator in the middle of the Mercator square", () =>
    expect(mercator(0, 0)[1]).toBeCloseTo(0.5));
  it("runs KPs on through the parts", () => {
    const parts: [number, number][][] = [
      [
        [10, 57],
        [10, 57.1],
      ],
      [
        [11, 57],
        [11, 57.1],
      ],
    ];
    const kps = kilometrePoints(parts, 5);
    expect(kps.map((k) => k.kp)).toEqual([0, 5, 10, 15, 20]);
    expect(kps[2]!.at[0]).toBe(10);
    expect(kps[3]!.at[0]).toBe(11);
  });
  it("cuts a stretch out of a line", () => {
    const [piece] = cut(
      [
        [
          [10, 57],
          [10, 58],
        ],
      ],
      10,
      20,
    );
    expect(pieceLength(piece![0]!, piece![1]!)).toBeCloseTo(10_000, -1);
  });
});

describe("the ship layer", () => {
  it("draws risk on top and the chosen ship last", () => {
    expect(drawingOrder(ships, -1)).toEqual([0, 2, 1]);
    expect(drawingOrder(ships, 265859000)).toEqual([2, 1, 0]);
  });
  it("gives every ship a number of its own that picking reads back", () => {
    const bytes = new Uint8Array(pack(ships, dark, -1));
    const ids = [0, 1, 2].map((i) => bytes[i * STRIDE + 20]! - 1);
    expect(ids.sort()).toEqual([0, 1, 2]);
  });
  it("marks EXAMPLE WANDERER as simulated and Reyhan Sari as still and doubted", () => {
    const floats = new Float32Array(pack(ships, dark, -1));
    expect(floats[2 * 7 + 6]! & MARK.simulated).toBe(MARK.simulated);
    expect(floats[1 * 7 + 2]).toBe(-10);
    expect(floats[1 * 7 + 6]! & MARK.doubted).toBe(MARK.doubted);
  });
  it("colours only what carries risk", () => {
    const bytes = new Uint8Array(pack(ships, dark, -1));
    const at = (i: number) => [...bytes.slice(i * STRIDE + 16, i * STRIDE + 19)];
    expect(at(0)).toEqual(at(1));
    expect(at(2)).not.toEqual(at(0));
  });
  it("fades with age and grows with length", () => {
    expect(opacity(60)).toBe(1);
    expect(opacity(7200)).toBeCloseTo(0.4);
    expect(arrowLength(300)).toBeGreaterThan(arrowLength(80));
  });
  it("reads the pixel nearest to the pointer", () => {
    const pixelsRead = new Uint8Array(9 * 4);
    pixelsRead.set([7, 1, 0, 255], 0);
    pixelsRead.set([3, 0, 0, 255], 5 * 4);
    expect(nearestRow(pixelsRead, 3)).toBe(2);
    expect(nearestRow(new Uint8Array(36), 3)).toBe(-1);
  });
  it("shifts a matrix", () => {
    const m = shifted([2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 0, 5, 7, 0, 1], [10, 100]);
    expect([m[12], m[13]]).toEqual([25, 307]);
  });
});

describe("layers", () => {
  it("ask nobody outside", () => {
    const style = JSON.stringify(baseStyle(dark, "http://127.0.0.1:8600"));
    expect(style.match(/https?:\/\/[^"]+/g)).toEqual([
      "http://127.0.0.1:8600/basemap/land.json",
      "http://127.0.0.1:8600/basemap/depth.json",
    ]);
    expect(style).not.toContain("glyphs");
  });
  it("tell kinds apart by dash as well as colour", () => {
    const lines = assetLayers(dark).filter((l) => /^asset-(telecom|power|pipeline)/.test(l.id));
    const dashes = lines.map((l) =>
      JSON.stringify((l.paint as Record<string, unknown>)["line-dasharray"] ?? []),
    );
    expect(new Set(dashes).size).toBe(3);
  });
  it("draw a halo of the route's error: 1,500 m is some 26 px wide at zoom 8", () =>
    expect(2 * 1500 * pixels(8)).toBeCloseTo(18, 0));
  it("show KPs only when near", () => {
    const all: [number, number, number, number] = [0, 50, 30, 65];
    expect(kpMarks(assets, 6, all).features).toHaveLength(0);
    expect(kpMarks(assets, 8, all).features.length).toBeGreaterThan(5);
  });
});

describe("names on the map", () => {
  const world: [number, number, number, number] = [0, 50, 30, 65];
  it("stand beside risk always, beside others only when near", () => {
    const far = nameFeatures(ships, -1, 6, world).features;
    expect(far.map((f) => f.properties!.label)).toEqual(["EXAMPLE WANDERER\nSIMULATED"]);
    expect(nameFeatures(ships, -1, 9, world).features).toHaveLength(3);
  });
});

describe("the track", () => {
  it("ends at the time on screen; what came later is set apart", () => {
    const parts = trackFeatures(track, ships, 999000017, AT - 30 * MIN, null).features.map(
      (f) => f.properties!.part,
    );
    expect(parts.filter((p) => p === "past")).toHaveLength(2);
    expect(parts).toContain("later");
  });
  it("marks the stretch that a reason speaks of", () => {
    const parts = trackFeatures(track, ships, 999000017, AT, [AT - 45 * MIN, AT]).features;
    expect(parts.find((f) => f.properties!.part === "stretch")!.geometry).toMatchObject({
      type: "LineString",
    });
  });
});

describe("a fault on the map", () => {
  it("shows the declared stretch of the asset and the ranks of the ships", () => {
    const { features } = faultFeatures([], fault, assets, ships);
    expect(features.filter((f) => f.properties!.part === "line")).toHaveLength(1);
    expect(features.filter((f) => f.properties!.part === "rank").map((f) => f.properties!.label)).toEqual([
      "#1",
      "#3",
    ]);
  });
});

describe("the fan of a forecast", () => {
  it("draws regions and ways, and no way beyond what was validated", () => {
    const { features } = fanFeatures(outlook);
    const way = features.find((f) => f.properties!.part === "way")!;
    expect((way.geometry as GeoJSON.LineString).coordinates).toHaveLength(3);
    expect(features.find((f) => f.properties!.part === "region")!.properties!).toMatchObject({
      validated: true,
      label: "1 h",
    });
    expect(fanFeatures(null).features).toEqual([]);
  });
});

describe("the watch state along an asset", () => {
  it("cuts the line where the state changes", () => {
    const { features } = watchFeatures(watchStates, assets);
    expect(features.map((f) => f.properties!.state)).toEqual(["observed", "unobserved"]);
  });
  it("is nothing for a reader who may not know it", () =>
    expect(watchFeatures(null, assets).features).toEqual([]));
});
