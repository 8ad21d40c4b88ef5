import { batch } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askNotices, startNotices } from "../src/live/notices";
import { challenge, desk, notice, status } from "./named";
import { caseOf, roomWith } from "./room";

class Shown {
  static all: Shown[] = [];
  static permission: NotificationPermission = "granted";
  static requestPermission = vi.fn(async () => Shown.permission);
  onclick: () => void = () => undefined;
  closed = false;
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    Shown.all.push(this);
  }
  close() {
    this.closed = true;
  }
}

const act = { ...challenge, revision: 9, tier: "act" as const, highest_tier: "act" as const };
const free = { ...desk, silenced: {}, works: {}, escalated: [] };

describe("the browser's notices", () => {
  beforeEach(() => {
    Shown.all = [];
    Shown.permission = "granted";
    vi.stubGlobal("Notification", Shown);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const room = () => {
    const store = roomWith();
    store.status.value = { ...status, mode: "live" };
    store.desk.value = free;
    return store;
  };

  it("tell of a new alert while nobody looks, and again when it rises", () => {
    const store = room();
    const stop = startNotices(store, () => false);
    store.alerts.value = [challenge, notice];
    store.alerts.value = [{ ...challenge, revision: 5 }, notice];
    expect(Shown.all.map((shown) => shown.options.tag)).toEqual([challenge.id]);
    expect(Shown.all[0]!.options.body).toBe(challenge.first_line);
    store.alerts.value = [act];
    expect(Shown.all.map((shown) => shown.options.requireInteraction)).toEqual([false, true]);
    expect(Shown.all[1]!.title).toContain(`ACT · ${challenge.asset.name}`);
    Shown.all[1]!.onclick();
    expect(store.selection.value).toMatchObject({ type: "ship", alert: challenge.id });
    stop();
  });
  it("tell of a case once, and again when more of it came after all was seen", () => {
    const store = room();
    const [second, third] = ["al-7", "al-8"].map((id) => ({ ...challenge, id }));
    const stop = startNotices(store, () => false);
    const now = (...alerts: (typeof challenge)[]) =>
      batch(() => {
        store.alerts.value = alerts;
        store.cases.value = [caseOf("case-1", alerts)];
      });
    now(challenge, second!);
    now(challenge, second!, third!);
    expect(Shown.all.map((shown) => shown.options.tag)).toEqual(["case-1"]);
    const works = Object.fromEntries(
      [challenge, second!, third!].map(({ id }) => [id, { alert_id: id, acknowledged_by: "Ane" }]),
    );
    store.desk.value = { ...free, works: works as typeof desk.works };
    expect(Shown.all[0]!.closed).toBe(true);
    now(challenge, second!, third!, { ...challenge, id: "al-9" });
    expect(Shown.all.map((shown) => shown.options.tag)).toEqual(["case-1", "case-1"]);
    stop();
  });
  it("go when somebody has seen the alert", () => {
    const store = room();
    const stop = startNotices(store, () => false);
    store.alerts.value = [challenge];
    store.desk.value = {
      ...free,
      silenced: { [challenge.id]: "tow" },
    };
    expect(Shown.all.map((shown) => shown.closed)).toEqual([true]);
    stop();
  });
  it("are not shown to who looks, of a replay, of the past, or unasked for", () => {
    for (const prepare of [
      (store: ReturnType<typeof room>) => startNotices(store, () => true),
      (store: ReturnType<typeof room>) => {
        store.status.value = { ...status, mode: "replay" };
        return startNotices(store, () => false);
      },
      (store: ReturnType<typeof room>) => {
        store.following.value = false;
        return startNotices(store, () => false);
      },
      (store: ReturnType<typeof room>) => {
        Shown.permission = "denied";
        return startNotices(store, () => false);
      },
      (store: ReturnType<typeof room>) => {
        vi.stubGlobal("Notification", undefined);
        return startNotices(store, () => false);
      },
    ]) {
      const store = room();
      const stop = prepare(store);
      store.alerts.value = [challenge];
      stop();
    }
    expect(Shown.all).toHaveLength(0);
  });
  it("are asked for once", () => {
    Shown.permission = "default";
    askNotices();
    Shown.permission = "granted";
    askNotices();
    expect(Shown.requestPermission).toHaveBeenCalledTimes(1);
  });
});
