import { describe, expect, it, vi } from "vitest";
import { AlertCard } from "../src/queue/card";
import { arrange, groupText, nextText, several, urgency, what } from "../src/queue/line";
import { QueuePanel, queueOf } from "../src/queue/queue";
import { AT, challenge, desk, gale, MIN, notice, seen, status } from "./named";
import { draw, roomWith, said } from "./room";

describe("the card of EXAMPLE WANDERER", () => {
  const show = (over = {}) =>
    draw(
      <ul>
        <AlertCard alert={{ ...challenge, ...over }} at={AT} chosen={false} onOpen={() => undefined} />
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
    draw(<AlertCard alert={challenge} at={AT} chosen={false} onOpen={open} />)
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
    expect([notice, later, challenge].sort(urgency).map((a) => a.id)).toEqual(["al-1", "al-9", "al-2"]);
  });
  it("folds notices, closed ones and groups away", () => {
    const queue = arrange(
      [challenge, notice, gale, { ...challenge, id: "al-3", state: "closed" }],
      () => false,
    );
    expect(queue.cards.map((a) => a.id)).toEqual(["al-1"]);
    expect(queue.notices.map((a) => a.id)).toEqual(["al-2"]);
    expect(queue.groups.map((a) => a.id)).toEqual(["gr-1"]);
    expect(queue.closed.map((a) => a.id)).toEqual(["al-3"]);
  });
  it("has one card a ship, with her other assets named on it", () => {
    const other = {
      ...challenge,
      id: "al-4",
      tier: "look" as const,
      asset: { ...challenge.asset, name: "C-Lion 1" },
    };
    const queue = arrange([other, challenge], () => false);
    expect(queue.cards.map((a) => a.id)).toEqual(["al-1"]);
    const text = said(
      draw(
        <AlertCard
          alert={challenge}
          at={AT}
          chosen={false}
          also={queue.also["al-1"]}
          onOpen={() => undefined}
        />,
      ),
    );
    expect(text).toContain("also C-Lion 1");
  });
  it("makes one line of forty ships", () => {
    const many = Array.from({ length: 38 }, (_, i) => ({ ...gale, id: `gr-${i}` }));
    expect(arrange(many, () => false).groups).toHaveLength(1);
    expect(groupText(gale)).toBe("weather: 38 ships, median -9 %");
  });
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
    expect(nextText({ ...challenge, ahead: [], asset: { ...challenge.asset, kp_km: 41.24 } })).toBe(
      "at Estlink 1, KP 41.2",
    );
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
