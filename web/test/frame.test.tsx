import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { shortSources } from "../src/app";
import { watchKm } from "../src/map/watch";
import { QueuePanel } from "../src/queue/queue";
import { densityPath, hours } from "../src/timeline/strip";
import { spelled, TimelinePanel } from "../src/timeline/timeline";
import { Dialogs } from "../src/ui/dialog";
import { startKeys } from "../src/ui/keys";
import { hits, Search } from "../src/ui/search";
import { createTheme } from "../src/ui/theme";
import { modeWord, TopBar } from "../src/ui/topbar";
import { AT, assets, challenge, fault, MIN, notice, ships, status, watchStates } from "./named";
import { draw, roomWith, said } from "./room";

vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
const theme = createTheme();
const press = (key: string, target: EventTarget = document.body) =>
  act(() => {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });

describe("the top bar", () => {
  it("tells live, replay and the past apart", () => {
    expect(modeWord({ ...status, mode: "live" }, true, false, 60)).toBe("LIVE");
    expect(modeWord({ ...status, mode: "live" }, false, false, 60)).toBe("AS KNOWN AT");
    expect(modeWord(status, false, true, 300)).toBe("REPLAY ×300");
    expect(modeWord(status, false, false, 60)).toBe("AS KNOWN AT");
    expect(modeWord(status, false, true, 60, false)).toBe("IN HINDSIGHT");
  });
  it("is filled by NOT WATCHING, with the reason", () => {
    const store = roomWith();
    store.status.value = { ...status, watching: false, why_not: ["the canary was not found for 12 min"] };
    const bar = draw(<TopBar store={store} theme={theme} />).querySelector(".topbar")!;
    expect(bar.classList.contains("not-watching")).toBe(true);
    expect(said(bar)).toContain("NOT WATCHING the canary was not found for 12 min");
  });
  it("says that a lost server is a blind page", () => {
    const store = roomWith();
    store.connection.value = "down";
    expect(said(draw(<TopBar store={store} theme={theme} />))).toContain("what is shown is stale");
  });
  it("shows a fault and its lowered thresholds until it is cleared", () => {
    const store = roomWith();
    store.faults.value = [fault];
    expect(said(draw(<TopBar store={store} theme={theme} />))).toContain(
      "Fault: Estlink 1 · thresholds lowered",
    );
    store.faults.value = [{ ...fault, state: "cleared" }];
    expect(said(draw(<TopBar store={store} theme={theme} />))).not.toContain("Fault: Estlink 1");
  });
  it("has SIMULATED, UTC and the feeds in words", () => {
    const text = said(draw(<TopBar store={roomWith()} theme={theme} />));
    expect(text).toContain("SIMULATED");
    expect(text).toContain("25 Dec 2024 10:42:00Z");
    expect(text).toContain("incident days: from file; 4,120 records, 2 rejected");
  });
  it("counts watch states, the worst first", () =>
    expect(watchKm(watchStates)).toBe("30 km unobserved · 412 km observed"));
});

describe("search", () => {
  it("finds ships by name and MMSI, and assets", () => {
    expect(hits("nautica", ships, assets)[0]).toMatchObject({ mmsi: 265859000 });
    expect(hits("2658", ships, assets)[0]).toMatchObject({ label: "Stena Nautica" });
    expect(hits("estl", ships, assets)[0]).toMatchObject({ asset: "estlink-1" });
    expect(hits("", ships, assets)).toEqual([]);
  });
  it("is a combobox", () => {
    expect(
      draw(<Search store={roomWith()} />)
        .querySelector("input")!
        .getAttribute("role"),
    ).toBe("combobox");
  });
});

describe("the time line", () => {
  it("has a slider of minutes over the episode alone, and lets another be chosen", () => {
    const place = draw(<TimelinePanel store={roomWith()} />);
    const slider = place.querySelector<HTMLInputElement>(".slider")!;
    expect(Number(slider.max) - Number(slider.min)).toBe(700);
    expect(slider.getAttribute("aria-valuetext")).toBe("25 Dec 2024 10:42:00Z");
    expect([...place.querySelectorAll("option")].map((o) => o.textContent)).toEqual([
      "17 Nov 2024",
      "25 Dec 2024",
    ]);
  });
  it("moves time", () => {
    const store = roomWith();
    const slider = draw(<TimelinePanel store={store} />).querySelector<HTMLInputElement>(".slider")!;
    slider.value = String((AT + 30 * MIN) / MIN);
    act(() => {
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    });
    expect(store.at.value).toBe(AT + 30 * MIN);
  });
  it("spells a bare date", () => {
    expect(spelled("2024-12-25")).toBe("25 Dec 2024");
    expect(spelled("Exercise")).toBe("Exercise");
  });
  it("draws density as one area and at most ten hours", () => {
    expect(densityPath([])).toBe("");
    expect(densityPath([1, 2])).toMatch(/^M0 40L.*Z$/);
    expect(hours(0, 24 * 3_600_000).length).toBeLessThanOrEqual(10);
  });
});

describe("keys", () => {
  let stop: (() => void) | undefined;
  afterEach(() => stop?.());
  const room = () => {
    const store = roomWith();
    store.alerts.value = [challenge, notice];
    draw(<QueuePanel store={store} />);
    stop = startKeys(store, theme);
    return store;
  };
  it("j and k walk, Enter opens, Esc closes", () => {
    const store = room();
    press("j");
    expect(store.cursor.value).toBe("al-1");
    press("j");
    expect(store.cursor.value).toBe("al-2");
    press("k");
    press("Enter");
    expect(store.selection.value).toMatchObject({ mmsi: 999000017 });
    press("Escape");
    expect(store.selection.value).toBeNull();
  });
  it("j takes an open card along", () => {
    const store = room();
    press("j");
    press("Enter");
    press("j");
    expect(store.selection.value).toMatchObject({ mmsi: 265859000, alert: "al-2" });
    expect(store.current.value?.id).toBe("al-2");
  });
  it("space plays, brackets change the speed, arrows step", () => {
    const store = room();
    press(" ");
    expect(store.playing.value).toBe(true);
    press("]");
    expect(store.speed.value).toBe(300);
    press("ArrowLeft");
    expect(store.at.value).toBe(AT - MIN);
  });
  it("c, e and x ask in a dialog; f opens the fault form at the alert's asset; ? lists the keys", () => {
    const store = room();
    press("j");
    for (const [key, dialog] of [
      ["c", "comment"],
      ["e", "escalate"],
      ["x", "close"],
      ["?", "help"],
    ] as const) {
      press(key);
      expect(store.dialog.value).toBe(dialog);
      press("Escape");
      expect(store.dialog.value).toBe("");
    }
    press("f");
    expect(store.selection.value).toEqual({ type: "declare", asset: "estlink-1" });
  });
  it("do nothing while somebody types", () => {
    const store = room();
    const input = document.createElement("input");
    document.body.append(input);
    press("j", input);
    press(" ", input);
    expect([store.cursor.value, store.playing.value]).toEqual(["", false]);
  });
});

describe("the dialogs", () => {
  it("ask for a choice first when no alert is chosen", () => {
    const store = roomWith();
    store.dialog.value = "comment";
    expect(said(draw(<Dialogs store={store} />))).toContain("Choose an alert in the queue first");
  });
  it("close an alert with an outcome and a name", async () => {
    const store = roomWith();
    store.alerts.value = [challenge];
    store.cursor.value = challenge.id;
    store.dialog.value = "close";
    const place = draw(<Dialogs store={store} />);
    const text = place.querySelector("textarea")!;
    act(() => {
      text.value = "waiting for her pilot";
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await act(async () => {
      place.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    });
    expect(store.api.act).toHaveBeenCalledWith("al-1", "close", {
      actor: "watch officer",
      t: AT,
      outcome: "benign: waiting for her pilot",
      text: "waiting for her pilot",
    });
  });
});

describe("the attribution", () => {
  it("names each source once and keeps addresses for the legend", () => {
    expect(
      shortSources([
        "Encyclopaedia article 'Fenno-Skan', https://example.org/x: cable end 61-04-37 N",
        "© OpenStreetMap contributors",
        "© OpenStreetMap contributors; EMODnet Human Activities",
      ]),
    ).toEqual(["© OpenStreetMap contributors", "EMODnet Human Activities", "all sources: legend"]);
  });
});
