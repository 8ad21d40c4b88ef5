/**
 * The ships in view over a WebSocket, while the screen follows a live watch. Whenever the line is down, store.live says
 * so, and the loader asks for all ships as it does of a recording.
 */

import { computed, effect } from "@preact/signals";
import { decodeFrame } from "./frame";
import type { Store } from "./store";

const BACK_OFF_MS = [1_000, 2_000, 5_000, 15_000] as const;
/** The server says something every second. */
const SILENT_MS = 6_000;
/** Part of the view's width and height that is asked for around it, so that a small move finds ships there. */
const MARGIN = 0.25;

export type Box = [west: number, south: number, east: number, north: number];

/** What to ask for, so that a view is filled. */
export function around([west, south, east, north]: Box): Box {
  const wide = Math.min((east - west) * MARGIN, 180);
  const high = (north - south) * MARGIN;
  if (east - west + 2 * wide >= 360)
    return [-180, Math.max(-90, south - high), 180, Math.min(90, north + high)];
  const first = ((((west - wide + 180) % 360) + 360) % 360) - 180;
  return [first, Math.max(-90, south - high), first + (east - west) + 2 * wide, Math.min(90, north + high)];
}

/** Address of the line: beside that of the events. */
export function lineUrl(stream: string, page: string): string {
  const url = new URL("ships/live", new URL(stream, page));
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export function startShips(
  store: Store,
  open: (url: string) => WebSocket = (url) => new WebSocket(url),
): () => void {
  let line: WebSocket | null = null;
  let tries = 0;
  let again: ReturnType<typeof setTimeout> | undefined;
  let silent: ReturnType<typeof setTimeout> | undefined;

  const say = (what: object) => {
    if (line?.readyState === 1) line.send(JSON.stringify(what));
  };
  const shut = () => {
    clearTimeout(again);
    clearTimeout(silent);
    const was = line;
    line = null;
    was?.close();
    store.live.value = false;
    store.afloat.clear();
  };
  const lost = () => {
    shut();
    again = setTimeout(connect, BACK_OFF_MS[Math.min(tries++, BACK_OFF_MS.length - 1)]);
  };
  const heard = (data: ArrayBuffer) => {
    const frame = decodeFrame(data);
    store.afloat.take(frame);
    const ships = store.ships.peek();
    if (ships && store.live.peek()) store.ships.value = store.afloat.over(ships, frame.at);
    store.live.value = true;
    tries = 0;
    clearTimeout(silent);
    silent = setTimeout(lost, SILENT_MS);
    say({ got: frame.sequence });
  };
  function connect(): void {
    const made = open(lineUrl(store.api.streamUrl, location.href));
    line = made;
    made.binaryType = "arraybuffer";
    made.onopen = () => say({ box: around(store.box.peek()!) });
    made.onmessage = (event: MessageEvent) => {
      if (made !== line) return;
      try {
        heard(event.data as ArrayBuffer);
      } catch (cause) {
        if (!(cause instanceof RangeError || cause instanceof SyntaxError || cause instanceof TypeError))
          throw cause;
        lost();
      }
    };
    made.onclose = () => {
      if (made === line) lost();
    };
  }

  const wanted = computed(
    () => store.status.value?.mode === "live" && store.following.value && store.box.value !== null,
  );
  const stops = [
    effect(() => {
      if (wanted.value) connect();
      else shut();
    }),
    effect(() => {
      if (store.box.value) say({ box: around(store.box.value) });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    shut();
  };
}
