/** Keeps the store's columns in step with the time on screen: one request of a kind in flight, latest wins. */

import { effect } from "@preact/signals";
import type { Status } from "../model/answers";
import { type Alert, TIERS } from "../model/nouns";
import { ApiError } from "./api";
import { takeAlerts } from "./cases";
import { reached, type Store } from "./store";

/** Run `job` now and again whenever asked meanwhile; never two at once. */
export function latest(job: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        await job();
      } while (again);
    } finally {
      running = false;
    }
  };
  return () => void run();
}

/** The group of readers who are told how well each stretch is watched. */
const WATCH_RIGHT = "watch_state";

/** While the ships in view come over the socket, all others are asked for so often. */
const WHOLE_MS = 60_000;
/** And so often while more than one in a hundred of them is not known here. */
const UNKNOWN_MS = 5_000;

/** Where a recording opens: where the server stands; without one, when its gravest alert was raised. */
export function opening(status: Status, alerts: Alert[]): number {
  const grave = alerts
    .filter((alert) => alert.highest_tier !== "notice" && alert.state !== "retracted")
    .sort(
      (a, b) => TIERS.indexOf(b.highest_tier) - TIERS.indexOf(a.highest_tier) || a.raised_t - b.raised_t,
    )[0];
  return grave ? grave.raised_t : status.event_t;
}

/** The server no longer knows who this is: ask. */
function signedOut(store: Store): void {
  const me = store.me.peek();
  if (!me || me.name) store.me.value = { needed: true, name: "", role: "", groups: [] };
}

export interface Loader {
  alerts(): void;
  desk(): void;
  faults(): void;
  status(): void;
  timeline(): void;
  stop(): void;
}

export function startLoader(store: Store): Loader {
  const guard = (kind: string, job: () => Promise<void>) =>
    latest(async () => {
      try {
        await job();
        reached(store, kind, true);
      } catch (cause) {
        if (!(cause instanceof ApiError)) throw cause;
        reached(store, kind, cause.status !== 0);
        if (cause.status === 401) signedOut(store);
        else if (cause.status) store.note.value = cause.message;
      }
    });
  /** When all ships were asked for last while the socket told of those in view. */
  let whole = Number.NEGATIVE_INFINITY;
  const carried = () => {
    const known = store.ships.peek()?.n ?? 0;
    const wait = store.afloat.all - known > known / 100 ? UNKNOWN_MS : WHOLE_MS;
    return store.live.value && performance.now() - whole < wait;
  };
  const ships = guard("ships", async () => {
    const at = store.at.peek();
    if (!at) return;
    whole = store.live.peek() ? performance.now() : Number.NEGATIVE_INFINITY;
    const asked = await store.api.ships(at);
    store.ships.value = store.live.peek() ? store.afloat.over(asked, asked.at) : asked;
  });
  const alerts = guard("alerts", async () => {
    const at = store.at.peek();
    if (at) await takeAlerts(store, at);
  });
  const desk = guard("desk", async () => {
    const at = store.at.peek();
    if (at) store.desk.value = await store.api.desk(at);
  });
  const faults = guard("faults", async () => {
    const at = store.at.peek();
    if (at) store.faults.value = await store.api.faults(at);
  });
  const timeline = guard("timeline", async () => {
    const episode = store.episode.peek();
    if (episode) store.timeline.value = await store.api.timeline(episode.from, episode.to);
  });
  /** Asked for once in five minutes of event time, by those who may know where the watch is blind. */
  const watch = guard("watch", async () => {
    const at = store.at.peek();
    if (!at) return;
    if (!store.me.peek()) store.me.value = await store.api.me();
    if (store.me.peek()?.groups.includes(WATCH_RIGHT)) store.watch.value = await store.api.watchStates(at);
  });
  const seen = guard("seen", async () => {
    const at = store.at.peek();
    if (at) store.seen.value = await store.api.seen(at);
  });
  const status = guard("status", async () => {
    const next = await store.api.status();
    if (next.mode !== "live" && !store.at.peek()) {
      const start = opening(next, next.event_t < next.range[1] ? [] : await store.api.alerts(null));
      store.status.value = next;
      store.following.value = false;
      store.at.value = start;
    } else store.status.value = next;
    if (store.following.peek()) store.at.value = next.event_t;
  });
  const assets = guard("assets", async () => {
    store.assets.value = await store.api.assets();
  });

  /** Once the server answers again: ask anew for all that was missed. */
  const missed: Record<string, () => void> = { ships, alerts, desk, faults, timeline, assets, watch, seen };
  const retry = () => {
    status();
    for (const kind of store.lost.peek()) missed[kind]?.();
  };

  status();
  assets();
  const stops = [
    effect(() => {
      if (store.at.value && !carried()) ships();
    }),
    effect(() => {
      // alerts change at ticks: no need to ask more often
      const tick = store.status.value?.tick_ms ?? 10_000;
      void store.asKnown.value;
      if (store.status.value && Math.floor(store.at.value / tick)) {
        alerts();
        desk();
      }
    }),
    effect(() => {
      if (Math.floor(store.at.value / 60_000)) faults();
    }),
    effect(() => {
      if (Math.floor(store.at.value / 300_000)) {
        watch();
        seen();
      }
    }),
    effect(() => {
      if (store.episode.value && store.at.value) timeline();
    }),
  ];
  let beat: ReturnType<typeof setInterval> | undefined;
  stops.push(
    effect(() => {
      clearInterval(beat);
      beat = store.connection.value === "down" ? setInterval(retry, 2_000) : setInterval(status, 15_000);
    }),
  );
  return {
    alerts,
    desk,
    faults,
    status,
    timeline,
    stop() {
      for (const stop of stops) stop();
      clearInterval(beat);
    },
  };
}
