/** What the drawer shows: the one thing chosen, kept in step with the time on screen. */

import { effect, type Signal, signal } from "@preact/signals";
import type { AssetCard, Outlook, ShipCard, TrackColumns } from "../model/answers";
import type { Fault, Finding } from "../model/nouns";
import { ApiError } from "./api";
import { latest } from "./loader";
import type { Store } from "./store";

export interface Detail {
  ship: Signal<ShipCard | null>;
  track: Signal<{ mmsi: number; columns: TrackColumns } | null>;
  /** Where the chosen ship may be in the next hours; null where no forecast can be made. */
  outlook: Signal<{ mmsi: number; fan: Outlook } | null>;
  asset: Signal<AssetCard | null>;
  fault: Signal<Fault | null>;
  error: Signal<string>;
}

const BEHIND_MS = 12 * 3_600_000;
const MOST_MS = 48 * 3_600_000;
const AGAIN_MS = 30_000;

/** Where the track begins: 12 h back, or two hours before the onset of what is still going on. */
export function behind(findings: Finding[], at: number): number {
  const onsets = findings.filter((f) => f.state === "open" && f.kind !== "crossing").map((f) => f.start_t);
  return Math.max(at - MOST_MS, Math.min(at - BEHIND_MS, ...onsets.map((t) => t - 2 * 3_600_000)));
}

export function createDetail(): Detail {
  return {
    ship: signal<ShipCard | null>(null),
    track: signal<{ mmsi: number; columns: TrackColumns } | null>(null),
    outlook: signal<{ mmsi: number; fan: Outlook } | null>(null),
    asset: signal<AssetCard | null>(null),
    fault: signal<Fault | null>(null),
    error: signal(""),
  };
}

export function startDetail(store: Store, detail: Detail): () => void {
  const job = latest(async () => {
    const selection = store.selection.peek();
    const at = store.at.peek();
    detail.error.value = "";
    try {
      if (selection?.type === "ship") {
        const to = store.asKnown.peek() ? at : (store.episode.peek()?.to ?? at);
        const card = await store.api.ship(selection.mmsi, at);
        const columns = await store.api.track(selection.mmsi, behind(card.findings, at), to);
        detail.ship.value = card;
        detail.track.value = { mmsi: selection.mmsi, columns };
        // a ship of a drill has no forecast
        const made = card.ship.name?.startsWith("EXERCISE ");
        const fan = made ? null : await store.api.outlook(selection.mmsi, at).catch(() => null);
        detail.outlook.value = fan && { mmsi: selection.mmsi, fan };
      } else if (selection?.type === "asset") {
        detail.asset.value = await store.api.asset(selection.id, at);
      } else if (selection?.type === "fault") {
        // a fault told later than the time on screen is shown as it was first known
        const told = detail.fault.peek()?.declared_t ?? at;
        detail.fault.value = await store.api.fault(selection.id, Math.max(at, told));
      }
    } catch (cause) {
      detail.error.value = cause instanceof ApiError ? cause.message : "This can't be shown";
    }
  });
  let shown = "";
  const stop = effect(() => {
    const selection = store.selection.value;
    const key = selection ? JSON.stringify({ ...selection, alert: undefined }) : "";
    const step = Math.floor(store.at.value / AGAIN_MS);
    void store.asKnown.value;
    if (key !== shown) {
      shown = key;
      detail.ship.value = null;
      detail.track.value = null;
      detail.outlook.value = null;
      detail.asset.value = null;
      if (selection?.type !== "fault" || detail.fault.peek()?.id !== selection.id) detail.fault.value = null;
    }
    if (selection && selection.type !== "declare" && step) job();
  });
  return stop;
}
