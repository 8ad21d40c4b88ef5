import { describe, expect, it } from "vitest";
import { contrast, PAIRS, rgb, type ThemeName, themes } from "../src/ui/tokens";

const failing = (name: ThemeName, kind: "text" | "sign", least: number) =>
  PAIRS.flatMap((pair) =>
    pair.on.flatMap((ground) =>
      pair[kind].map(
        (ink) => [`${ink} on ${ground}`, contrast(themes[name][ink], themes[name][ground])] as const,
      ),
    ),
  ).filter(([, ratio]) => ratio < least);

describe.each(["dark", "light"] as const)("the %s theme", (name) => {
  it("has text at 4.5 to 1 on every ground it stands on", () =>
    expect(failing(name, "text", 4.5)).toEqual([]));
  it("has signs and edges at 3 to 1", () => expect(failing(name, "sign", 3)).toEqual([]));
  it("keeps the tiers apart in lightness or hue for any colour vision", () => {
    const { look, challenge, act } = themes[name];
    for (const [a, b] of [
      [look, challenge],
      [challenge, act],
      [look, act],
    ] as const) {
      const [x, y] = [rgb(a), rgb(b)];
      // blue against the rest survives every common deficiency; red against green would not
      expect(Math.abs(x[2] - y[2]) + Math.abs(x[0] - y[0])).toBeGreaterThan(0.25);
    }
  });
});

describe("contrast", () => {
  it("is 21 for black on white", () => expect(contrast("#000000", "#ffffff")).toBeCloseTo(21));
  it("does not depend on the order", () =>
    expect(contrast("#123456", "#abcdef")).toBe(contrast("#abcdef", "#123456")));
});
