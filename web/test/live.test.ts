import { describe, expect, it, vi } from "vitest";
import { acknowledge, close } from "../src/live/actions";
import { ApiError, createApi } from "../src/live/api";
import { takeAlerts } from "../src/live/cases";
import { behind } from "../src/live/detail";
import { latest, opening, startLoader } from "../src/live/loader";
import { changeSpeed, startPlayback, togglePlay } from "../src/live/playback";
import { episodeAt, openAlert, reached, seek } from "../src/live/store";
import * as named from "./named";
import { AT, challenge, MIN, notice, status } from "./named";
import { roomWith, settle } from "./room";

const answers = (body: unknown, init?: ResponseInit) =>
  vi.fn(
    async (_url: string | URL | Request, _init?: RequestInit) => new Response(JSON.stringify(body), init),
  );

describe("the API", () => {
  it("asks for whole milliseconds and takes lists in either form", async () => {
    const request = answers({ at: 1, alerts: [challenge] });
    const api = createApi("", request as typeof fetch);
    expect(await api.alerts(AT + 0.4)).toHaveLength(1);
    expect(request.mock.calls[0]![0]).toBe(`/api/alerts?at=${AT}`);
    expect(await createApi("", answers([challenge]) as typeof fetch).alerts(null)).toHaveLength(1);
  });
  it("turns a refusal into the server's own sentence", async () => {
    const api = createApi("", answers({ detail: "There is no such asset" }, { status: 404 }) as typeof fetch);
    await expect(api.asset("x", AT)).rejects.toMatchObject({
      message: "There is no such asset",
      status: 404,
    });
  });
  it("says so when nobody answers", async () => {
    const api = createApi("", (async () => {
      throw new TypeError("fetch failed");
    }) as typeof fetch);
    await expect(api.status()).rejects.toBeInstanceOf(ApiError);
  });
});

describe("the loader", () => {
  it("never has two requests of a kind in flight, and ends with the latest", async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const ask = latest(async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      runs++;
    });
    for (let i = 0; i < 5; i++) ask();
    await settle();
    expect([most, runs]).toEqual([1, 2]);
  });
  it("fills the store, and shows that the server is gone", async () => {
    const store = roomWith();
    const loader = startLoader(store);
    await settle();
    expect(store.alerts.value.map((a) => a.ship.name)).toEqual(["EXAMPLE WANDERER"]);
    loader.stop();
    const gone = vi.fn(async () => {
      throw new ApiError("The server does not answer", 0);
    });
    const names = ["status", "ships", "assets", "alerts", "faults", "timeline"];
    const lost = roomWith(Object.fromEntries(names.map((name) => [name, gone])));
    const other = startLoader(lost);
    await settle();
    other.stop();
    expect(lost.connection.value).toBe("down");
  });
});

describe("the cases of alerts", () => {
  it("are asked for with them, for the same moment", async () => {
    const store = roomWith();
    await takeAlerts(store, AT);
    expect(store.api.alerts).toHaveBeenCalledWith(AT);
    expect(store.api.cases).toHaveBeenCalledWith(AT);
    expect(store.rows.value.map((row) => row.id)).toEqual(["case-1"]);
    store.asKnown.value = false;
    await takeAlerts(store, AT);
    expect(store.api.cases).toHaveBeenCalledWith(null);
  });
  it("keep no alert from the screen where they can't be told", async () => {
    const store = roomWith({
      cases: vi.fn(async () => {
        throw new ApiError("The server failed", 500);
      }),
    });
    await expect(takeAlerts(store, AT)).rejects.toThrow("The server failed");
    expect(store.rows.value.map((row) => row.id)).toEqual(["al-1"]);
  });
});

describe("a lost server", () => {
  it("stays lost while any kind of request fails, and is found when all are answered", () => {
    const store = roomWith();
    reached(store, "ships", false);
    reached(store, "alerts", true);
    expect(store.connection.value).toBe("down");
    reached(store, "ships", true);
    expect(store.connection.value).toBe("up");
  });
});

describe("after a lost server", () => {
  it("all that was missed is asked for again", async () => {
    vi.useFakeTimers();
    let up = false;
    const assets = vi.fn(async () => {
      if (!up) throw new ApiError("The server does not answer", 0);
      return named.assets;
    });
    const store = roomWith({ assets });
    store.assets.value = null;
    const loader = startLoader(store);
    await vi.advanceTimersByTimeAsync(10);
    expect(store.connection.value).toBe("down");
    up = true;
    await vi.advanceTimersByTimeAsync(2_100);
    expect(store.assets.value).toBe(named.assets);
    expect(store.connection.value).toBe("up");
    loader.stop();
    vi.useRealTimers();
  });
});

describe("the track in the drawer", () => {
  it("reaches back to before the onset of what still goes on", () => {
    const hours = (n: number) => n * 60 * MIN;
    expect(behind([], AT)).toBe(AT - hours(12));
    expect(behind([{ ...named.slowing, start_t: AT - hours(18) }], AT)).toBe(AT - hours(20));
    expect(behind([{ ...named.slowing, start_t: AT - hours(400) }], AT)).toBe(AT - hours(48));
  });
});

describe("a recording", () => {
  const later = { ...challenge, id: "al-7", raised_t: AT + MIN };
  it("opens where its gravest alert was first raised", () => {
    expect(opening(status, [notice, later, challenge])).toBe(challenge.raised_t);
  });
  it("opens at its end when nothing was raised", () => expect(opening(status, [])).toBe(status.event_t));
});

describe("time", () => {
  it("stays inside what the server holds", () => {
    const store = roomWith();
    seek(store, 0);
    expect(store.at.value).toBe(status.range[0]);
    expect(store.following.value).toBe(false);
  });
  it("belongs to the nearest episode", () => {
    expect(episodeAt(status, AT)!.id).toBe("b");
    expect(episodeAt(status, AT - 290 * MIN)!.id).toBe("a");
  });
  it("runs on while it plays and stops at the episode's end", () => {
    vi.useFakeTimers();
    const store = roomWith();
    const stop = startPlayback(store);
    store.speed.value = 60;
    togglePlay(store);
    vi.advanceTimersByTime(1000);
    expect(store.at.value).toBe(AT + MIN);
    seek(store, status.episodes[1]!.to - 1000);
    vi.advanceTimersByTime(1000);
    expect(store.playing.value).toBe(false);
    expect(store.at.value).toBe(status.episodes[1]!.to);
    stop();
    vi.useRealTimers();
  });
  it("has speeds between 1 and 1000", () => {
    const store = roomWith();
    for (let i = 0; i < 9; i++) changeSpeed(store, 1);
    expect(store.speed.value).toBe(1000);
    for (let i = 0; i < 9; i++) changeSpeed(store, -1);
    expect(store.speed.value).toBe(1);
  });
});

describe("actions", () => {
  it("carry a name and are answered in words", async () => {
    const store = roomWith();
    store.actor.value = "Ane";
    await acknowledge(store, [challenge]);
    expect(store.api.act).toHaveBeenCalledWith("al-1", "ack", { actor: "Ane", t: AT });
    expect(store.api.desk).toHaveBeenCalled();
    expect(store.acked.value["al-1"]).toBe("Ane");
  });
  it("cover a case alert by alert, and say how far they came", async () => {
    const [a, b, c] = ["al-1", "al-2", "al-3"].map((id) => ({ ...challenge, id }));
    const store = roomWith({ desk: vi.fn(async () => ({ ...named.desk, works: {} })) });
    await acknowledge(store, [a!, b!, c!]);
    expect(vi.mocked(store.api.act).mock.calls.map((call) => call[0])).toEqual(["al-1", "al-2", "al-3"]);
    expect(store.note.value).toContain("Acknowledged: EXAMPLE WANDERER, 3 alerts");
    vi.mocked(store.api.act).mockClear();
    store.desk.value = named.desk;
    await acknowledge(store, [a!]);
    expect(store.api.act).not.toHaveBeenCalled();
    expect(store.note.value).toContain("Acknowledged already");
    vi.mocked(store.api.act).mockImplementation(async (id) => {
      if (id === "al-2") throw new ApiError("The ledger is read-only", 503);
    });
    expect(await close(store, [a!, b!, c!], "unknown", "")).toBe(false);
    expect(store.note.value).toBe("Recorded for 1 of 3 alerts only: The ledger is read-only");
  });
  it("say when they were not recorded", async () => {
    const store = roomWith({
      act: vi.fn(async () => {
        throw new ApiError("The ledger is read-only", 503);
      }),
    });
    expect(await close(store, [challenge], "unknown", "")).toBe(false);
    expect(store.note.value).toBe("Not recorded: The ledger is read-only");
  });
});

describe("opening an alert", () => {
  it("brings its ship into the drawer", () => {
    const store = roomWith();
    openAlert(store, challenge);
    expect(store.selection.value).toEqual({ type: "ship", mmsi: 999000017, alert: "al-1" });
    expect(store.sheet.value).toBe("detail");
  });
});
