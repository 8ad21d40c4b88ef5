/** A store over a stand-in API, and a place to draw in. */

import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { vi } from "vitest";
import type { Api } from "../src/live/api";
import { createStore, type Store } from "../src/live/store";
import type { Case } from "../src/model/answers";
import type { Alert } from "../src/model/nouns";
import * as named from "./named";

export function standIn(over: Partial<Api> = {}): Api {
  return {
    streamUrl: "/api/stream",
    status: vi.fn(async () => named.status),
    ships: vi.fn(async (at: number) => ({ ...named.ships, at })),
    ship: vi.fn(async () => named.card),
    track: vi.fn(async () => named.track),
    outlook: vi.fn(async () => named.outlook),
    dossier: vi.fn(async () => named.zoneDossier),
    seen: vi.fn(async () => named.seen),
    watchStates: vi.fn(async () => named.watchStates),
    assets: vi.fn(async () => named.assets),
    asset: vi.fn(),
    alerts: vi.fn(async () => [named.challenge]),
    cases: vi.fn(async () => [caseOf("case-1", [named.challenge])]),
    findings: vi.fn(async () => [named.slowing]),
    faults: vi.fn(async () => []),
    fault: vi.fn(async () => named.fault),
    declareFault: vi.fn(async () => named.fault),
    clearFault: vi.fn(async () => undefined),
    act: vi.fn(async () => undefined),
    me: vi.fn(async () => ({ needed: false, name: "", role: "officer", groups: [] })),
    signIn: vi.fn(async (name: string) => ({ needed: true, name, role: "officer", groups: [] })),
    signOut: vi.fn(async () => ({ needed: true, name: "", role: "", groups: [] })),
    desk: vi.fn(async () => named.desk),
    silence: vi.fn(async () => named.tow),
    endSilence: vi.fn(async () => named.tow),
    posture: vi.fn(async () => undefined),
    giveWatch: vi.fn(async () => named.offered),
    takeWatch: vi.fn(async () => named.offered),
    drafts: vi.fn(async () => ({ safety_text: "", characters: 0, script: { over: "", clear: "" } })),
    timeline: vi.fn(async () => ({
      bin_ms: 900_000,
      from: 0,
      density: [1, 2],
      alerts: [],
      outages: [],
      findings: [],
    })),
    ...over,
  };
}

/** A case of some alerts, as the server tells it. */
export function caseOf(id: string, alerts: Alert[]): Case {
  return {
    id,
    revision: alerts.reduce((sum, alert) => sum + alert.revision, 0),
    updated_t: named.AT,
    first_line: alerts[0]!.first_line,
    lines: alerts.map((alert) => ({
      alert: alert.id,
      revision: alert.revision,
      tier: alert.tier,
      state: alert.state,
      asset_id: alert.asset.id,
      asset: alert.asset.name,
    })),
  };
}

export function roomWith(over: Partial<Api> = {}): Store {
  const store = createStore(standIn(over));
  store.status.value = named.status;
  store.at.value = named.AT;
  store.ships.value = named.ships;
  store.assets.value = named.assets;
  store.connection.value = "up";
  return store;
}

export function draw(what: ComponentChild): HTMLElement {
  document.body.innerHTML = "";
  const place = document.createElement("div");
  document.body.append(place);
  act(() => render(what, place));
  return place;
}

export const said = (place: Element) => (place.textContent ?? "").replaceAll(/\s+/g, " ");

export async function settle(): Promise<void> {
  await act(async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  });
}
