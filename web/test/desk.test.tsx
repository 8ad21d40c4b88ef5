import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WorkSection } from "../src/cards/work";
import { Along } from "../src/desk/along";
import { DrillBand, DrillForm } from "../src/desk/drill";
import { FeedBand, feedTroubles } from "../src/desk/feeds";
import { fate, ToldForm, wants } from "../src/desk/told";
import { rowsOf } from "../src/live/cases";
import type { Drill } from "../src/model/answers";
import { arrange } from "../src/queue/line";
import { QueuePanel, walkable } from "../src/queue/queue";
import { AT, challenge, desk, MIN, status } from "./named";
import { draw, roomWith, said, settle } from "./room";

const drill: Drill = {
  id: "drill-1",
  t: AT - 20 * MIN,
  end_t: AT + 40 * MIN,
  planned_end_t: AT + 40 * MIN,
  actor: "Ane",
  asset: "c-lion1",
  asset_name: "C-Lion1",
  kp_km: 12.3,
  mmsi: 999_000_501,
  text: "monthly drill",
  ended_by: "",
  runs: true,
  ended: false,
  debrief: {
    alerted_t: AT - 15 * MIN,
    alerted_min: 5,
    steps: [
      { what: "acknowledged", t: AT - 13 * MIN, by: "Ben", minutes: 2 },
      { what: "called", t: null, by: "", minutes: null },
    ],
    phases: ["challenge"],
    ticks: 3,
    acts: 5,
    people: ["Ane", "Ben"],
  },
};
const list = {
  at: AT,
  alert: challenge.id,
  asset: challenge.asset.id,
  phases: [
    { phase: "detect", points: [{ text: "written down", source: "practice", t: AT - MIN, by: "Ben" }] },
    { phase: "verify", points: [{ text: "radar looked at", source: "our plan", t: null, by: "" }] },
  ],
  others: [],
};

function answers(of: Record<string, unknown>) {
  const asked: [string, unknown][] = [];
  vi.stubGlobal(
    "fetch",
    vi.fn(async (path: string, init?: RequestInit) => {
      asked.push([path, init?.body ? JSON.parse(String(init.body)) : undefined]);
      const key = Object.keys(of).find((k) => path.startsWith(k));
      return new Response(JSON.stringify(key ? of[key] : { detail: "there is nothing" }), {
        status: key ? 200 : 404,
      });
    }),
  );
  return asked;
}

beforeEach(() => vi.unstubAllGlobals());
afterEach(() => vi.unstubAllGlobals());

async function long(): Promise<void> {
  for (let k = 0; k < 4; k++) {
    await settle();
    await act(async () => {
      await new Promise((done) => setTimeout(done, 1));
    });
  }
}

describe("the checklist", () => {
  it("shows each phase with who did what and when, and ticks a point", async () => {
    answers({ "/api/alerts/": list });
    const store = roomWith();
    store.desk.value = desk;
    const place = draw(<WorkSection store={store} alert={challenge} />);
    await long();
    const text = said(place);
    expect(text).toContain("1 of 1 done");
    expect(text).toContain("0 of 1 done");
    expect(text).toMatch(/written down ✓ Ben, \d\d:\d\dZ/);
    expect(text).toContain("Whose rules these are");
    const boxes = [...place.querySelectorAll<HTMLInputElement>(".phase-lists input")];
    act(() => boxes[1]!.click());
    await settle();
    expect(vi.mocked(store.api.act).mock.calls.at(-1)?.[2]).toMatchObject({
      text: "radar looked at",
      on: true,
    });
  });
});

describe("a drill", () => {
  const ours = { ...challenge, id: "drill-1-a", exercise: true, simulated: true, tier: "act" as const };
  it("stands apart from what is real in the queue", () => {
    const queue = arrange(rowsOf([challenge, ours], []));
    expect(queue.cards.map((row) => row.head.id)).toEqual([challenge.id]);
    expect(queue.exercise.map((row) => row.head.id)).toEqual([ours.id]);
    expect(walkable(queue).map((row) => row.head.id)).toEqual([challenge.id, ours.id]);
    const store = roomWith();
    store.alerts.value = [challenge, ours];
    const text = said(draw(<QueuePanel store={store} />));
    expect(text).toContain("1 to look at");
    expect(text).toContain("EXERCISE: not counted, not real");
  });
  it("has a band as long as it is on", () => {
    const store = roomWith();
    store.desk.value = { ...desk, drills: [drill] };
    expect(said(draw(<DrillBand store={store} />))).toContain("begun by Ane");
    act(() => {
      store.desk.value = { ...desk, drills: [] };
    });
    expect(said(draw(<DrillBand store={store} />))).toBe("");
  });
  it("is begun with an asset and a reason, under a name", async () => {
    const asked = answers({ "/api/drills": { at: AT, can: true, drills: [] } });
    const store = roomWith();
    store.actor.value = "Ane";
    const done = vi.fn();
    const place = draw(<DrillForm store={store} onDone={done} />);
    await long();
    const why = place.querySelector("textarea")!;
    act(() => {
      why.value = "the desk knows";
      why.dispatchEvent(new Event("input", { bubbles: true }));
    });
    act(() => place.querySelector("form")!.requestSubmit());
    await long();
    const sent = asked.find(([, body]) => body)?.[1];
    expect(sent).toMatchObject({ actor: "Ane", text: "the desk knows", minutes: 60 });
    expect(done).toHaveBeenCalled();
  });
  it("tells what it showed, and why it could not be begun", async () => {
    answers({ "/api/drills": { at: AT, can: true, drills: [{ ...drill, runs: false, ended: true }] } });
    const place = draw(<DrillForm store={roomWith()} onDone={() => undefined} />);
    await long();
    const text = said(place);
    expect(text).toContain("acknowledgedBen2 min");
    expect(text).toContain("first call–not done");
    expect(text).toContain("3 points ticked");
    answers({});
    const other = draw(<DrillForm store={roomWith()} onDone={() => undefined} />);
    await long();
    expect(said(other)).toContain("there is nothing");
  });
});

describe("feeds", () => {
  const down = {
    id: "tcp://north",
    state: "down" as const,
    message: "the other end refused the call; is it running?",
    well: false,
    since_t: AT - 5 * MIN,
  };
  it("say what is wrong, worst first, with what was left out", () => {
    const busy = { id: "tcp://south", state: "up" as const, well: true, shed: 1234 };
    const slow = { id: "tcp://west", state: "up" as const, well: false, message: "its clock is 40 s ahead" };
    const lines = feedTroubles({ ...status, feeds: [slow, busy, down] }, AT);
    expect(lines[0]).toBe("tcp://north is DOWN for 5 min: the other end refused the call; is it running?");
    expect(lines[1]).toContain("tcp://west is not well: its clock is 40 s ahead");
    expect(lines[2]).toContain("1,234 positions were left out");
    expect(feedTroubles({ ...status, feeds: [{ id: "a", state: "up", well: true }] }, AT)).toEqual([]);
  });
  it("have a band while something is wrong, and none when all is well", () => {
    const store = roomWith();
    store.status.value = { ...status, feeds: [down] };
    expect(said(draw(<FeedBand store={store} />))).toContain("is DOWN for 5 min");
    store.status.value = { ...status, feeds: [{ id: "a", state: "up", well: true }] };
    expect(said(draw(<FeedBand store={store} />))).toBe("");
  });
  it("tell when the page has heard nothing for long", () => {
    vi.useFakeTimers();
    const store = roomWith();
    store.status.value = { ...status, mode: "live", feeds: [] };
    const place = draw(<FeedBand store={store} />);
    act(() => void vi.advanceTimersByTime(20_000));
    expect(said(place)).toBe("");
    act(() => void vi.advanceTimersByTime(20_000));
    expect(said(place)).toContain("STALE");
    vi.useRealTimers();
  });
});

describe("an asset along its length", () => {
  const ship = { mmsi: 219_000_777, track_id: "219000777-1", name: "NEXT ONE" };
  const along = {
    at: AT,
    asset: "c-lion1",
    length_km: 1172,
    next: [
      { ship, by: "forecast", minutes: 31, minutes_low: 28, minutes_high: 40, chance: 0.5, kp_km: 46.5 },
      {
        ship: { ...ship, mmsi: 1, name: "BY COURSE" },
        by: "course",
        minutes: 70,
        minutes_low: null,
        minutes_high: null,
        chance: null,
        kp_km: 50,
      },
    ],
    watch: [
      { kp_from_km: 0, kp_to_km: 500, state: "observed", since_t: AT - 60 * MIN },
      { kp_from_km: 500, kp_to_km: 1172, state: "unobserved", since_t: AT - 90 * MIN },
    ],
    crossings_day: 7,
    alerts: [],
    faults: [],
  };
  it("says who comes next and by what, what is blind since when, and what happened", async () => {
    answers({ "/api/assets/c-lion1/along": along });
    const place = draw(<Along asset="c-lion1" at={AT} near={[]} onShip={() => undefined} />);
    await long();
    const text = said(place);
    expect(text).toContain("NEXT ONE 31 min (28–40)46.5forecast, 1 in 2");
    expect(text).toContain("BY COURSE 70 min50.0her course");
    expect(text).toMatch(/KP 500.0–1172.0not watched25 Dec 09:12Z/);
    expect(text).toContain("7 crossings in 24 h");
  });
  it("tells who may know where it is blind", async () => {
    answers({ "/api/assets/c-lion1/along": { ...along, watch: null } });
    const place = draw(<Along asset="c-lion1" at={AT} near={[]} onShip={() => undefined} />);
    await long();
    expect(said(place)).toContain("told only to readers of the group watch_state");
  });
});

describe("who is told outside the page", () => {
  const ada = { name: "Ada", ways: 2, tiers: ["challenge", "act"], assets: [], hours: "18:00-06:00" };
  const message = {
    key: "a|2|Ada|0",
    person: "Ada",
    made: AT / 1000,
    tries: 1,
    sent: AT / 1000 + 1,
    failed: "",
  };
  it("is told in words", () => {
    expect(wants(ada)).toBe("challenge, act; every asset, 18:00-06:00 UTC; 2 ways");
    expect(wants({ ...ada, assets: ["c-lion1"], hours: "", ways: 1 })).toBe("challenge, act; c-lion1; 1 way");
    expect(fate(message)).toBe("sent");
    expect(fate({ ...message, tries: 3 })).toBe("sent at try 3");
    expect(fate({ ...message, sent: null, tries: 0 })).toBe("waiting");
    expect(fate({ ...message, sent: null, failed: "refused" })).toBe("not taken, 1 try: refused");
  });
  it("has a test for each, under the name of who asks", async () => {
    const asked = answers({
      "/api/notify/Ada/test": {},
      "/api/notify": { recipients: [ada], log: [message] },
    });
    const store = roomWith();
    store.actor.value = "Ben";
    const place = draw(<ToldForm store={store} onDone={() => undefined} />);
    await long();
    expect(said(place)).toContain("Ada challenge, act; every asset");
    expect(said(place)).toContain("sent");
    act(() => place.querySelector<HTMLButtonElement>(".told button")!.click());
    await long();
    expect(asked).toContainEqual(["/api/notify/Ada/test", { actor: "Ben" }]);
    expect(store.note.value).toContain("on its way to Ada");
  });
  it("says when nobody is, and when it can't be asked", async () => {
    answers({ "/api/notify": { recipients: [], log: [] } });
    const place = draw(<ToldForm store={roomWith()} onDone={() => undefined} />);
    await long();
    expect(said(place)).toContain("Nobody: the server was started without --notify");
    answers({});
    const other = draw(<ToldForm store={roomWith()} onDone={() => undefined} />);
    await long();
    expect(said(other)).toContain("there is nothing");
  });
});
