/** Keeps the store's columns in step with the time on screen: one request of a kind in flight, latest wins. */

import { effect } from "@preact/signals";
import type { Status } from "../model/answers";
import { type Alert, TIERS } from "../model/nouns";
import { ApiError } from "./api";
import type { Store } from "./store";

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
    do {
      again = false;
      await job();
    } while (again);
    running = false;
  };
  return () => void run();
}

function failed(store: Store, cause: unknown): void {
  if (cause instanceof ApiError && cause.status === 0) store.connection.value = "down";
  else if (cause instanceof ApiError) store.note.value = cause.message;
}

/** Where a recording opens: where the server stands; without one, when its gravest alert was raised. */
export function opening(status: Status, alerts: Alert[]): number {
  const grave = alerts
    .filter((alert) => alert.highest_tier !== "notice" && alert.state !== "retracted")
    .sort(
      (a, b) => TIERS.indexOf(b.highest_tier) - TIERS.indexOf(a.highest_tier) || a.raised_t - b.raised_t,
    )[0];
  return grave ? grave.raised_t : status.event_t;
}

export interface Loader {
  alerts(): void;
  faults(): void;
  status(): void;
  timeline(): void;
  stop(): void;
}

export function startLoader(store: Store): Loader {
  const guard = (job: () => Promise<void>) =>
    latest(async () => {
      try {
        await job();
        store.connection.value = "up";
      } catch (cause) {
        failed(store, cause);
      }
    });
  const ships = guard(async () => {
    const at = store.at.peek();
    if (at) store.ships.value = await store.api.ships(at);
  });
  const alerts = guard(async () => {
    const at = store.at.peek();
    if (!at) return;
    const known = await store.api.alerts(store.asKnown.peek() ? at : null);
    store.alerts.value = known.filter((alert) => alert.raised_t <= at || alert.start_t <= at);
  });
  const faults = guard(async () => {
    const at = store.at.peek();
    if (at) store.faults.value = await store.api.faults(at);
  });
  const timeline = guard(async () => {
    const episode = store.episode.peek();
    if (episode) store.timeline.value = await store.api.timeline(episode.from, episode.to);
  });
  const status = guard(async () => {
    const next = await store.api.status();
    if (next.mode !== "live" && !store.at.peek()) {
      const start = opening(next, next.event_t < next.range[1] ? [] : await store.api.alerts(null));
      store.status.value = next;
      store.following.value = false;
      store.at.value = start;
    } else store.status.value = next;
    if (store.following.peek()) store.at.value = next.event_t;
  });
  const assets = guard(async () => {
    store.assets.value = await store.api.assets();
  });

  status();
  assets();
  const stops = [
    effect(() => {
      if (store.at.value) ships();
    }),
    effect(() => {
      // alerts change at ticks: no need to ask more often
      const tick = store.status.value?.tick_ms ?? 10_000;
      void store.asKnown.value;
      if (store.status.value && Math.floor(store.at.value / tick)) alerts();
    }),
    effect(() => {
      if (Math.floor(store.at.value / 60_000)) faults();
    }),
    effect(() => {
      if (store.episode.value && store.at.value) timeline();
    }),
  ];
  const beat = setInterval(status, 15_000);
  return {
    alerts,
    faults,
    status,
    timeline,
    stop() {
      clearInterval(beat);
      for (const stop of stops) stop();
    },
  };
}
