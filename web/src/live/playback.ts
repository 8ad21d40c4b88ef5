/** Replay: event time runs on at the chosen speed until the episode ends. */

import { effect } from "@preact/signals";
import { SPEEDS, type Store, seek } from "./store";

const STEP_MS = 250;

export function startPlayback(store: Store): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = effect(() => {
    clearInterval(timer);
    if (!store.playing.value) return;
    timer = setInterval(() => {
      const end = store.episode.peek()?.to ?? store.at.peek();
      const next = store.at.peek() + STEP_MS * store.speed.peek();
      seek(store, Math.min(next, end));
      if (next >= end) store.playing.value = false;
    }, STEP_MS);
  });
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** Start or stop; starting at the very end begins the episode anew. */
export function togglePlay(store: Store): void {
  const episode = store.episode.peek();
  if (!store.playing.peek() && episode && store.at.peek() >= episode.to) seek(store, episode.from);
  store.following.value = false;
  store.playing.value = !store.playing.peek();
}

export function changeSpeed(store: Store, by: 1 | -1): void {
  const index = SPEEDS.indexOf(store.speed.peek() as (typeof SPEEDS)[number]);
  store.speed.value = SPEEDS[Math.min(Math.max(index + by, 0), SPEEDS.length - 1)]!;
}
