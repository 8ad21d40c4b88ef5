import { describe, expect, it, vi } from "vitest";
import { headingLessCourse, plots, spoken } from "../src/cards/charts";
import { heldExpectation } from "../src/cards/expected";
import { backing, strength } from "../src/cards/reasons";
import { RawPositions, ShipView } from "../src/cards/ship";
import { dark } from "../src/ui/tokens";
import { AT, card, challenge, MIN, notice, seenOnHer, slowing, track } from "./named";
import { draw, said } from "./room";

vi.stubGlobal("matchMedia", () => ({
  matches: false,
  addEventListener: () => undefined,
  addListener: () => undefined,
}));

const show = (over = {}) =>
  draw(
    <ShipView
      card={card}
      track={null}
      alert={challenge}
      at={AT}
      tokens={dark}
      stretch={null}
      onStretch={() => undefined}
      onTime={() => undefined}
      onAsset={() => undefined}
      {...over}
    />,
  );

describe("the ship card of EXAMPLE WANDERER", () => {
  it("answers the five questions", () => {
    const titles = [...show().querySelectorAll("h3")].map((h) => h.textContent);
    expect(titles).toEqual([
      "What is seen",
      "Why it matters",
      "What else could it be",
      "What to do now",
      "Assets ahead",
    ]);
  });
  it("says before all else that she does not exist", () => {
    expect(said(show()).indexOf("This ship does not exist. Call nobody.")).toBeLessThan(40);
  });
  it("says how well a drag would be seen on her, and what lowers it", () => {
    const text = said(show({ card: { ...card, seen: seenOnHer } }));
    expect(text).toContain(
      "A drag of 30 % beginning now would perhaps be noticed within 15 min, 6 in 10: heard for",
    );
    expect(text).toContain("Enough for a look by itself: 1 in 5");
    expect(text).toContain("if it turns her off her course: 9 in 10");
    expect(said(show())).not.toContain("beginning now");
  });
  it("does not let a ship look safe on which hardly a drag would be seen", () => {
    const blind = { ...seenOnHer, how: "hardly" as const, chance: 0, chances: {}, angled: {} };
    const place = show({ card: { ...card, findings: [], alerts: [], seen: blind }, alert: null });
    expect(said(place)).toContain(
      "Nothing out of the ordinary was seen of this ship, and a drag would hardly be",
    );
    expect(place.querySelector('[data-seen="hardly"]')!.className).toContain("blind");
  });
  it("puts for and against side by side, with value and threshold", () => {
    const sides = show().querySelectorAll(".side");
    expect(said(sides[0]!)).toContain("speed drop 4.6 ± 0.50 kn · threshold 2.5 kn");
    expect(said(sides[1]!)).toContain("She keeps her course");
  });
  it("links a reason to its stretch of track", () => {
    const onStretch = vi.fn();
    const link = show({ onStretch }).querySelector<HTMLButtonElement>(".side .link")!;
    expect(link.textContent).toBe("track 10:28Z–10:42Z");
    link.click();
    expect(onStretch).toHaveBeenCalledWith([AT - 14 * MIN, AT]);
  });
  it("shows absolute and relative time of the last report", () =>
    expect(said(show())).toContain("10:39Z 3 min ago"));
  it("offers the script and whom to call", () => {
    const text = said(show());
    expect(text).toContain("say your engine revolutions");
    expect(text).toContain("MRCC Turku VHF 16");
  });
  it("never shows a doubted speed as a plain fact: that of the way made, and what was reported", () => {
    const position = { ...card.position!, sog_kn: 7.6, told_sog_kn: 1.5 };
    expect(said(show({ card: { ...card, position } }))).toContain(
      "7.6 kn of the way made; reported 1.5 kn, doubted",
    );
    const blank = { ...position, sog_kn: null };
    expect(said(show({ card: { ...card, position: blank } }))).toContain("unknown reported 1.5 kn, doubted");
    const told = { ...track, told_sog_kn: [null, null, 1.5, null] };
    expect(said(draw(<RawPositions track={told} />))).toContain("8.0 not 1.5");
    expect(said(draw(<RawPositions track={track} />))).not.toContain("not");
  });
  it("lists raw positions, the newest first", () => {
    const rows = draw(<RawPositions track={track} />).querySelectorAll("tbody tr td:first-child");
    expect([...rows].map((r) => r.textContent)).toEqual(["10:42:00Z", "10:22:00Z", "10:02:00Z", "09:42:00Z"]);
  });
});

describe("the card of a ship under no suspicion, Stena Nautica", () => {
  it("accuses her of nothing", () => {
    const text = said(
      show({
        card: { ...card, ship: notice.ship, findings: [], ahead: [], alerts: [], script: null },
        alert: null,
      }),
    );
    expect(text).toContain("Nothing out of the ordinary was seen");
    expect(text).not.toMatch(/SIMULATED|sabotage|suspect/i);
  });
  it("says when she was not heard", () => {
    expect(said(show({ card: { ...card, position: null } }))).toContain("No position at this time");
  });
});

describe("the charts", () => {
  const [speed, course, drift, depth] = plots(track, dark);
  it("draw speed with her own expected band of two sigma", () => {
    expect(speed!.series.map((s) => s.label)).toEqual([
      "expected, upper",
      "expected, lower",
      "expected",
      "speed",
    ]);
    expect(speed!.series[0]!.values[0]).toBeCloseTo(12.4);
    expect(speed!.series[1]!.values[0]).toBeCloseTo(8.8);
  });
  it("leave a missing heading missing", () => expect(course!.series[1]!.values[3]).toBeNull());
  it("draw how far she points off her way, where she reports a heading", () => {
    expect(drift!.series[0]!.values).toEqual([0, 0, 4, null]);
    expect(
      headingLessCourse({ ...track, heading_deg: [350, 5, null, null], cog_deg: [10, 355, 1, 1] }),
    ).toEqual([-20, 10, null, null]);
    expect(plots({ ...track, heading_deg: [null, null, null, null] }, dark)).toHaveLength(3);
  });
  it("draw depth downwards", () => expect(depth!.flip).toBe(true));
  it("are told in words to those who hear them", () => {
    expect(spoken(track)).toBe(
      "Speed from 6.1 kn at 10:42Z to 10.7 kn, last 6.1 kn; depth last 61 m. Crossed C-Lion 1 at 10:12Z.",
    );
  });
});

describe("the expected band", () => {
  const onset = {
    ...slowing,
    start_t: AT - 20 * MIN,
    measured: [{ name: "expected_speed", value: 10.7, unit: "kn", sigma: 0.2 }],
  };
  const followed = { ...track, expected_sog_kn: [10.6, 10.6, 9, 6.5] };
  it("is held from a finding's onset on: a ship that stays slow does not become her own norm", () => {
    expect(heldExpectation(followed, [onset]).expected_sog_kn).toEqual([10.6, 10.6, 10.7, 10.7]);
    expect(heldExpectation(followed, [onset]).expected_sigma_kn[3]).toBe(0.2);
  });
  it("is her own where nothing was found, or it was taken back", () => {
    expect(heldExpectation(followed, [])).toBe(followed);
    expect(heldExpectation(followed, [{ ...onset, state: "retracted" as const }])).toBe(followed);
  });
});

describe("what backs a reason", () => {
  it("is the newest finding that measured it", () => {
    const newer = {
      ...slowing,
      id: "sl-2",
      known_from_t: AT,
      measured: [{ name: "speed_drop", value: 5, unit: "kn" }],
    };
    expect(backing({ text: "", measure: "speed_drop" }, [slowing, newer], AT).value).toBe("5 kn");
    const odds = { ...slowing, measured: [{ name: "log_odds", value: 5.33, unit: "ln odds" }] };
    const back = backing({ text: "", measure: "log_odds" }, [odds], AT);
    expect([back.value, back.threshold]).toEqual(["", ""]);
    expect(back.stretch).not.toBeNull();
  });
  it("has four strengths", () => expect([0, 0.3, -1, 2.4].map(strength)).toEqual([0, 1, 2, 3]));
});
