/** The alarm: two notes, made here, so that no file need be fetched. Heard for a critical alert nobody has seen. */

import { effect } from "@preact/signals";
import type { Store } from "./store";

const NOTES = [880, 660] as const;
const LENGTH_S = 0.28;
const AGAIN_MS = 10_000;

let context: AudioContext | null = null;

/** Sound it once; false where the browser gives no sound yet. */
export function chime(): boolean {
  if (typeof AudioContext === "undefined") return false;
  context ??= new AudioContext();
  void context.resume();
  const start = context.currentTime;
  NOTES.forEach((pitch, k) => {
    const tone = context!.createOscillator();
    const loudness = context!.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, start + k * LENGTH_S);
    loudness.gain.exponentialRampToValueAtTime(0.25, start + k * LENGTH_S + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + (k + 1) * LENGTH_S);
    tone.connect(loudness).connect(context!.destination);
    tone.start(start + k * LENGTH_S);
    tone.stop(start + (k + 1) * LENGTH_S);
  });
  document.documentElement.dataset.chimed = String(Number(document.documentElement.dataset.chimed ?? 0) + 1);
  return true;
}

/** Alerts that must be heard: critical, in force, not seen by anybody, not silenced. */
export function loud(store: Store): string[] {
  const desk = store.desk.value;
  return store.alerts.value
    .filter(
      (alert) => alert.tier === "act" || (alert.tier === "challenge" && desk?.escalated.includes(alert.id)),
    )
    .filter((alert) => alert.state === "raised" || alert.state === "lowered")
    .filter((alert) => !store.acked.value[alert.id] && !desk?.silenced[alert.id])
    .map((alert) => alert.id);
}

/** Sound the alarm while it is switched on and something must be heard: at once when it is new, then every 10 s. */
export function startSound(store: Store): () => void {
  let heard = new Set<string>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = effect(() => {
    const now = loud(store);
    const fresh = now.some((id) => !heard.has(id));
    heard = new Set(now);
    const wanted = store.sound.value && now.length > 0;
    if (wanted && fresh) chime();
    if (wanted && timer === undefined) timer = setInterval(chime, AGAIN_MS);
    if (!wanted && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  });
  return () => {
    stop();
    clearInterval(timer);
  };
}
