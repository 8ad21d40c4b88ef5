import { describe, expect, it } from "vitest";
import * as f from "../src/ui/format";

const T = Date.UTC(2024, 11, 25, 10, 28, 40);

describe("a chance as a frequency", () => {
  it.each([
    [0.125, "1 in 8"],
    [0.006, "1 in 170"],
    [0.33, "1 in 3"],
    [0.5, "1 in 2"],
    [0.7, "7 in 10"],
    [0.94, "19 in 20"],
    [0.999, "over 99 in 100"],
    [0.00001, "under 1 in 10,000"],
    [0, "none seen"],
  ])("%f is %s", (chance, words) => expect(f.frequency(chance)).toBe(words));
});

describe("times", () => {
  it("are UTC whatever the machine's zone", () => {
    expect(f.clock(T)).toBe("10:28Z");
    expect(f.clockSeconds(T)).toBe("10:28:40Z");
    expect(f.day(T)).toBe("25 Dec 2024");
  });
  it("have a relative side", () => {
    expect(f.relative(T - 14 * 60_000, T)).toBe("14 min ago");
    expect(f.relative(T + 20 * 60_000, T)).toBe("in 20 min");
    expect(f.span(3 * 3_600_000 + 20 * 60_000)).toBe("3 h 20 min");
  });
  it("go through a text field unharmed", () => {
    expect(f.fromInput(f.toInput(T))).toBe(T - 40_000);
    expect(f.fromInput("2024-12-25T10:28:40Z")).toBe(T);
    expect(f.fromInput("yesterday")).toBeNull();
  });
});

describe("places, distances, measures", () => {
  it("writes minutes with one decimal", () => expect(f.place(57.68667, -11.14)).toBe("57°41.2′N 011°08.4′W"));
  it("carries 59.96 minutes into the degree", () =>
    expect(f.place(56.99999, 10)).toBe("57°00.0′N 010°00.0′E"));
  it("turns to nautical miles from 2 NM", () => {
    expect(f.distance(1500)).toBe("1,500 m");
    expect(f.distance(9260)).toBe("5.0 NM");
  });
  it("shows a value with its error", () => expect(f.measured(4.6, "kn", 0.5)).toBe("4.6 ± 0.50 kn"));
  it("shows a spread", () => expect(f.spread(55, 40, 95)).toBe("55 min (40–95)"));
  it("never invents a missing value", () => {
    expect(f.knots(null)).toBe("unknown");
    expect(f.degrees(Number.NaN)).toBe("unknown");
  });
});
