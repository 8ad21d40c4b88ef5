import { describe, expect, it, vi } from "vitest";
import { isIn, rowsOf } from "../src/live/cases";
import { CaseCard } from "../src/queue/card";
import { arrange, assetsText, groupText, nextText, passedText, several, what } from "../src/queue/line";
import { QueuePanel, queueOf } from "../src/queue/queue";
import { AT, challenge, desk, gale, MIN, notice, seen, status } from "./named";
import { caseOf, draw, roomWith, said } from "./room";

const one = (over = {}) => rowsOf([{ ...challenge, ...over }], [])[0]!;

describe("the card of EXAMPLE WANDERER", () => {
  const show = (over = {}) =>
    draw(
      <ul>
        <CaseCard row={one(over)} at={AT} chosen={false} onOpen={() => undefined} />
      </ul>,
    );
  it("says tier, ship, what since when, next asset, chance and waters, in that order", () => {
    const text = said(show());
    const order = [
      "Challenge",
      "EXAMPLE WANDERER",
      "anchor out?",
      "since 10:28Z (14 min)",
      "Estlink 1 in 55 min (40–95)",
      "1 in 8",
      "FI EEZ, out in 35 min",
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places.every((p) => p >= 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });
  it("shows no bare score", () => expect(said(show())).not.toMatch(/0\.1|12\.5/));
  it("marks her as simulated in a word", () => expect(said(show())).toContain("SIMULATED"));
  it("tells the tier by a shape as well", () =>
    expect(show().querySelector("svg.tier-challenge path")).toBeTruthy());
  it("opens on a click", () => {
    const open = vi.fn();
    draw(<CaseCard row={one()} at={AT} chosen={false} onOpen={open} />)
      .querySelector("button")!
      .click();
    expect(open).toHaveBeenCalledOnce();
  });
  it("moves slowly only as an unacknowledged act", () => {
    expect(show().querySelector(".critical")).toBeNull();
    expect(show({ tier: "act" }).querySelector(".critical")).toBeTruthy();
  });
});

describe("the order of the queue", () => {
  it("is by tier, then by who reaches an asset first", () => {
    const later = { ...challenge, id: "al-9", ahead: [{ ...challenge.ahead![1]!, minutes: 90 }] };
    const rows = rowsOf([notice, later, challenge], []);
    expect(rows.map((row) => row.id)).toEqual(["al-1", "al-9", "al-2"]);
  });
  it("folds notices, closed ones and groups away", () => {
    const queue = arrange(
      rowsOf([challenge, notice, gale, { ...challenge, id: "al-3", state: "closed" }], []),
    );
    const heads = (rows: typeof queue.cards) => rows.map((row) => row.head.id);
    expect(heads(queue.cards)).toEqual(["al-1"]);
    expect(heads(queue.notices)).toEqual(["al-2"]);
    expect(heads(queue.groups)).toEqual(["gr-1"]);
    expect(heads(queue.closed)).toEqual(["al-3"]);
    expect(groupText(gale)).toBe("weather: 38 ships, median -9 %");
  });
});

describe("a case", () => {
  const asset = (k: number) => ({ ...challenge.asset, id: `line-${k}`, name: `Line ${k}` });
  const alert = (k: number, over = {}) => ({ ...challenge, id: `al-${k}`, asset: asset(k), ...over });
  const many = [
    alert(0, { tier: "act", risk: 0.25 }),
    alert(1, { raised_t: AT - 20 * MIN, start_t: AT - 30 * MIN }),
    alert(2, { tier: "look", updated_t: AT + MIN, ahead: [{ ...challenge.ahead![1]!, minutes: 12 }] }),
    alert(3),
    alert(4),
  ];
  const shown = (row: (typeof rows)[number], over = {}) =>
    said(draw(<CaseCard row={row} at={AT} chosen={false} onOpen={() => undefined} {...over} />));
  const rows = rowsOf(many, [caseOf("case-1", many)]);

  it("is one row: the highest tier, the count of assets, the earliest beginning, the next asset by the newest", () => {
    expect(rows.map((row) => row.id)).toEqual(["case-1"]);
    const text = shown(rows[0]!);
    expect(text).toContain("Act");
    expect(text).toContain("20 min ago");
    expect(text).toContain("since 10:12Z (30 min)");
    expect(text).toContain("5 assets: Line 0, Line 1, Line 2 and 2 more");
    expect(text).toContain("in 12 min");
    expect(text).toContain("1 in 4");
  });
  it("is two rows where one ship has two", () => {
    const [a, b] = [many.slice(0, 2), many.slice(2)];
    const two = rowsOf(many, [caseOf("case-1", a), caseOf("case-2", b)]);
    expect(two.map((row) => [row.id, row.alerts.length])).toEqual([
      ["case-1", 2],
      ["case-2", 3],
    ]);
  });
  it("holds an alert that is in none yet as a row of its own", () => {
    const rest = rowsOf(many, [caseOf("case-1", many.slice(0, 4))]);
    expect(rest.map((row) => row.id).sort()).toEqual(["al-4", "case-1"]);
  });
  it("speaks by what stands and is not silenced, and lists all", () => {
    const told = [{ ...many[0]!, state: "closed" as const }, ...many.slice(1)];
    const [row] = rowsOf(told, [caseOf("case-1", told)], { "al-1": "s-1" });
    expect(row!.head.id).toBe("al-2");
    expect(row!.asking).toHaveLength(3);
    expect(row!.alerts).toHaveLength(5);
    expect([row!.over, row!.silent]).toEqual([false, false]);
    expect(isIn(row!, "al-0")).toBe(true);
    const all = Object.fromEntries(told.map((held) => [held.id, "s-1"]));
    expect(arrange(rowsOf(told, [caseOf("case-1", told)], all)).silent).toHaveLength(1);
  });
  it("says of how many of its alerts somebody has seen, and of how many nobody", () => {
    const acked = { "al-0": "Ane", "al-1": "Ben" };
    const text = shown(rows[0]!, { acked, late: ["al-1", "al-2"] });
    expect(text).toContain("✓ 2 of 5 seen by Ane, Ben");
    expect(text).toContain("nobody has acknowledged 1 of 5");
    const everyone = Object.fromEntries(many.map((held) => [held.id, "Ane"]));
    expect(shown(rows[0]!, { acked: everyone })).toContain("✓ seen by Ane");
  });
  it("moves slowly while an act of it is unseen, whatever else of it was seen", () => {
    const critical = (acked: Record<string, string>) =>
      draw(
        <CaseCard row={rows[0]!} at={AT} chosen={false} acked={acked} onOpen={() => undefined} />,
      ).querySelector(".critical");
    expect(critical({ "al-1": "Ane" })).toBeTruthy();
    expect(critical({ "al-0": "Ane" })).toBeNull();
  });
  it("keeps its place and its name when another alert of it becomes the worst", () => {
    const store = roomWith();
    store.alerts.value = many;
    store.cases.value = [caseOf("case-1", many)];
    store.cursor.value = "al-3";
    expect(draw(<QueuePanel store={store} />).querySelectorAll("[data-case='case-1']")).toHaveLength(1);
    expect(document.querySelector(".card.chosen [data-case='case-1']")).toBeTruthy();
    expect(said(document.body)).toContain("1 to look at");
  });
  it("names its one asset once", () => expect(assetsText(one())).toBe(""));
});

describe("many names", () => {
  it("are cut to the first few", () => {
    expect(several(["A", "B", "B", "C", "D"])).toBe("A, B, C, D");
    expect(several(["A", "B", "C", "D", "E", "F"])).toBe("A, B, C and 3 more");
  });
});

describe("the parts of a first line", () => {
  it("finds what is seen", () => {
    expect(what(challenge)).toBe("anchor out?");
    expect(what({ ...challenge, first_line: "something else" })).toBe(challenge.reasons![0]!.text);
  });
  it("says where she is when nothing lies ahead", () => {
    const here = one({ ahead: [], asset: { ...challenge.asset, kp_km: 41.24 } });
    expect(nextText(here, AT)).toBe("at Estlink 1, KP 41.2");
  });
  it("names none as next that she is not likely to cross, and says where she was", () => {
    const crossed = {
      first_line: `${challenge.first_line.replace("ESTLINK 1 in 55 min (40-95)", "ESTLINK 1 crossed 10:28Z")}`,
      ahead: [{ ...challenge.ahead![1]!, chance: 0.1 }],
    };
    expect(nextText(one(crossed), AT)).toBe("");
    expect(passedText(one(crossed).head)).toBe("Estlink 1 crossed 10:28Z");
    const likely = { ...crossed, ahead: [...crossed.ahead, challenge.ahead![0]!] };
    expect(nextText(one(likely), AT)).toBe("C-Lion 1 in 140 min (120–190)");
    const unlikely = { ahead: [{ ...challenge.ahead![1]!, chance: 0.2 }] };
    expect(nextText(one(unlikely), AT)).toBe("Estlink 1 in 55 min (40–95)");
  });
  it("counts the minutes down between two revisions, and goes on to the asset after", () => {
    expect(nextText(one(), AT + 20 * MIN)).toBe("Estlink 1 in 35 min (20–75)");
    expect(nextText(one(), AT + 100 * MIN)).toBe("C-Lion 1 in 40 min (20–90)");
  });
});

describe("the desk in the queue", () => {
  it("folds what is silenced away", () => {
    const store = roomWith();
    store.alerts.value = [challenge];
    expect(queueOf(store).cards).toHaveLength(1);
    store.desk.value = { ...desk, silenced: { [challenge.id]: "s-1" } };
    expect(queueOf(store).cards).toHaveLength(0);
    expect(queueOf(store).silent).toHaveLength(1);
  });
  it("shows who has seen an alert, what is promised, and what nobody has acknowledged", () => {
    const store = roomWith();
    store.alerts.value = [challenge];
    store.desk.value = desk;
    expect(said(draw(<QueuePanel store={store} />))).toContain("seen by Ane");
    expect(said(draw(<QueuePanel store={store} />))).toContain("revolutions reported by");
    store.at.value = AT + 13 * MIN;
    expect(said(draw(<QueuePanel store={store} />))).toContain("OVERDUE by 3 min");
    store.desk.value = { ...desk, works: {}, escalated: [challenge.id] };
    expect(said(draw(<QueuePanel store={store} />))).toContain("nobody has acknowledged");
  });
});

describe("a quiet screen", () => {
  it("says what can't be seen, and that quiet is not safe", () => {
    const text = said(draw(<QueuePanel store={roomWith()} />));
    expect(text).toContain("Ships that carry no AIS");
    expect(text).toContain("Quiet is not safe");
  });
  it("says on how many ships a drag would be noticed, and names those on which it hardly would", () => {
    const store = roomWith();
    expect(said(draw(<QueuePanel store={store} />))).not.toContain("would be noticed");
    store.seen.value = seen;
    const place = draw(<QueuePanel store={store} />);
    expect(said(place)).toContain("Of 64 ships under way near assets, a drag of 30 % would be noticed");
    expect(said(place)).toContain("SELDOM HEARD heard every 6 min");
    expect(said(place)).toContain("219000045 slower than 6 kn");
    expect(said(place)).toContain("and 6 more");
    place.querySelector<HTMLButtonElement>(".seen .link")!.click();
    expect(store.selection.value).toEqual({ type: "ship", mmsi: 219_000_044 });
  });
  it("tells what to do when no asset is loaded", () => {
    const store = roomWith();
    store.status.value = { ...status, assets: 0 };
    expect(said(draw(<QueuePanel store={store} />))).toContain("seawarden doctor");
  });
  it("does not call itself quiet while nothing is watched", () => {
    const store = roomWith();
    store.status.value = { ...status, watching: false, why_not: ["the canary was not found"] };
    const text = said(draw(<QueuePanel store={store} />));
    expect(text).toContain("the canary was not found");
    expect(text).not.toContain("Quiet.");
  });
});
