import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { CaseSection, whenText } from "../src/cards/case";
import { covered, rowWith } from "../src/live/cases";
import { openAlert } from "../src/live/store";
import { Dialogs } from "../src/ui/dialog";
import { startKeys } from "../src/ui/keys";
import { AT, challenge, desk, MIN } from "./named";
import { caseOf, draw, roomWith, said, settle } from "./room";

const alert = (k: number, over = {}) => ({
  ...challenge,
  id: `al-${k}`,
  asset: { ...challenge.asset, id: `line-${k}`, name: `Line ${k}` },
  ...over,
});
const many = [
  alert(0),
  alert(1),
  alert(2, { state: "closed", outcome: "unknown" }),
  ...[3, 4, 5, 6].map((k) => alert(k)),
];

function room() {
  const store = roomWith();
  const told = caseOf("case-1", many);
  told.lines[0] = { ...told.lines[0]!, minutes: 12, owner: "Grid AS", call: "desk of Grid AS" };
  told.lines[1] = { ...told.lines[1]!, when: "crossed 10:28Z" };
  store.alerts.value = many;
  store.cases.value = [told];
  store.desk.value = {
    ...desk,
    works: { "al-1": { alert_id: "al-1", phase: "detect", acknowledged_by: "Ane" } },
    escalated: ["al-0"],
  };
  return store;
}

describe("an open case", () => {
  it("lists its alerts: asset, when, whom to call, and what was done about each", () => {
    const store = room();
    const place = draw(<CaseSection store={store} row={store.rows.value[0]!} alert={many[1]!} />);
    const lines = [...place.querySelectorAll(".case-line")].map(said);
    expect(lines).toHaveLength(7);
    expect(said(place)).toContain("One case, 7 alerts 6 of them open");
    expect(lines[0]).toContain("Line 0in 12 min");
    expect(lines[0]).toContain("Grid AS · call desk of Grid AS · ▲ not acknowledged");
    expect(lines[1]).toContain("crossed 10:28Z");
    expect(lines[1]).toContain("✓ Ane");
    expect(lines.at(-2)).toContain("closed: unknown");
    expect(place.querySelector(".fold summary")!.textContent).toBe("2 more: Line 2, Line 6");
    expect(place.querySelector("[aria-current]")!.textContent).toContain("Line 1");
    act(() => place.querySelectorAll<HTMLButtonElement>(".case-line")[2]!.click());
    expect(store.selection.value).toMatchObject({ alert: "al-3" });
  });
  it("counts minutes on to the time on screen", () => {
    const line = { ...caseOf("c", [many[0]!]).lines[0]!, minutes: 12 };
    expect(whenText(line, AT, AT + 5 * MIN)).toBe("in 7 min");
    expect(whenText(line, AT, AT + 15 * MIN)).toBe("now");
    expect(whenText(undefined, AT, AT)).toBe("");
  });
  it("is not there where one alert is all there is", () => {
    const store = roomWith();
    store.alerts.value = [challenge];
    expect(said(draw(<CaseSection store={store} row={store.rows.value[0]!} alert={challenge} />))).toBe("");
  });
});

describe("work on a case", () => {
  it("is acknowledged with one key, each alert for itself, and only those that ask and nobody has seen", async () => {
    const store = room();
    openAlert(store, many[1]!);
    const stop = startKeys(store, {} as Parameters<typeof startKeys>[1]);
    dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
    await settle();
    stop();
    const told = vi.mocked(store.api.act).mock.calls.map((call) => call.slice(0, 2));
    expect(told).toEqual(["al-0", "al-3", "al-4", "al-5", "al-6"].map((id) => [id, "ack"]));
  });
  it("covers one alone where that does not ask: it is closed, or silenced", () => {
    const store = room();
    expect(covered(store.rows.value, many[2]!)).toEqual([many[2]]);
    store.desk.value = { ...desk, silenced: { "al-4": "s-1" } };
    expect(covered(store.rows.value, many[4]!)).toEqual([many[4]]);
    expect(covered(store.rows.value, many[0]!).map((one) => one.id)).not.toContain("al-4");
  });
  it("walks from case to case, whichever alert of one is open", () => {
    const store = room();
    const other = { ...challenge, id: "al-9", tier: "look" as const, ship: { ...challenge.ship, mmsi: 1 } };
    store.alerts.value = [...many, other];
    openAlert(store, many[4]!);
    const stop = startKeys(store, {} as Parameters<typeof startKeys>[1]);
    dispatchEvent(new KeyboardEvent("keydown", { key: "j" }));
    expect(store.cursor.value).toBe("al-9");
    dispatchEvent(new KeyboardEvent("keydown", { key: "k" }));
    stop();
    expect(rowWith(store.rows.value, store.cursor.value)!.id).toBe("case-1");
  });
  it("closes one alert, and the whole case only where that is asked for", async () => {
    for (const whole of [false, true]) {
      const store = room();
      store.cursor.value = "al-1";
      store.dialog.value = "close";
      const place = draw(<Dialogs store={store} />);
      expect(said(place)).toContain("Also the other 5 of this case: Line 0, Line 3, Line 4 and 2 more");
      if (whole) act(() => place.querySelector<HTMLInputElement>("input[type=checkbox]")!.click());
      act(() => place.querySelector<HTMLInputElement>("input[value=unknown]")!.click());
      act(() => place.querySelector("form")!.requestSubmit());
      await settle();
      const told = vi.mocked(store.api.act).mock.calls.map((call) => call[0]);
      expect(told).toEqual(whole ? ["al-1", "al-0", "al-3", "al-4", "al-5", "al-6"] : ["al-1"]);
    }
  });
});
