/** Where the map lives. Its code comes after the queue is on screen, so that words are there first. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Detail } from "../live/detail";
import type { Store } from "../live/store";
import type { Theme } from "../ui/theme";
import { Legend } from "./legend";

/** Pixels that bars, queue and drawer cover, so that what is gone to lies in the open part. */
function covered() {
  const box = (name: string) =>
    document.querySelector<HTMLElement>(`[data-panel="${name}"]`)?.getBoundingClientRect();
  const phone = innerWidth <= 720;
  const drawer = box("drawer");
  return {
    top: 40,
    left: phone ? 24 : (box("queue")?.width ?? 0) + 40,
    right: phone ? 24 : (drawer?.width ?? 0) + 40,
    bottom: 48,
  };
}

export function MapView({ store, detail, theme }: { store: Store; detail: Detail; theme: Theme }) {
  const place = useRef<HTMLDivElement>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    let gone = false;
    let dispose: (() => void) | undefined;
    import("./canvas")
      .then(({ mountMap }) => mountMap(place.current!, store, detail, theme, covered))
      .then((stop) => {
        if (gone) stop();
        else dispose = stop;
      })
      .catch((cause: unknown) => setTrouble(cause instanceof Error ? cause.message : "unknown"));
    return () => {
      gone = true;
      dispose?.();
    };
  }, [store, detail, theme]);
  return (
    <section class="map" aria-label="Map">
      <div class="map-place" ref={place} />
      {trouble && (
        <p class="map-trouble" role="alert">
          The map can't be drawn here ({trouble}). It needs WebGL 2; queue, cards and time line work without
          it.
        </p>
      )}
      <Legend sources={store.status.value?.attribution ?? []} store={store} />
    </section>
  );
}
