/** The server's API, one function a question. Every failure is one ApiError with a sentence for a person. */

import type {
  AssetCard,
  AssetCollection,
  Case,
  Desk,
  Drafts,
  Me,
  Outlook,
  ShipCard,
  ShipColumns,
  ShipsSeen,
  Status,
  Timeline,
  TrackColumns,
  WatchStates,
  ZoneDossier,
} from "../model/answers";
import type { Alert, Fault, Finding, Handover, Silence } from "../model/nouns";

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface FaultDeclaration {
  asset: string;
  kp_from_km?: number;
  kp_to_km?: number;
  from_t: number;
  to_t?: number;
  /** When we were told: the time on screen, so that a recording holds it at its place. */
  declared_t?: number;
  note?: string;
  actor?: string;
}

export type AlertAction =
  | "ack"
  | "assign"
  | "comment"
  | "phase"
  | "check"
  | "call"
  | "promise"
  | "keep"
  | "unit"
  | "escalate"
  | "hold"
  | "close";

export type Body = Record<string, string | number | boolean | null | string[]>;

export interface Api {
  status(): Promise<Status>;
  ships(at: number, signal?: AbortSignal): Promise<ShipColumns>;
  ship(mmsi: number, at: number): Promise<ShipCard>;
  track(mmsi: number, from: number, to: number): Promise<TrackColumns>;
  outlook(mmsi: number, at: number): Promise<Outlook>;
  watchStates(at: number): Promise<WatchStates>;
  seen(at: number): Promise<ShipsSeen | null>;
  dossier(mmsi: number, at: number): Promise<ZoneDossier>;
  assets(): Promise<AssetCollection>;
  asset(id: string, at: number): Promise<AssetCard>;
  alerts(at: number | null): Promise<Alert[]>;
  cases(at: number | null): Promise<Case[]>;
  findings(query: { at?: number; mmsi?: number; asset?: string }): Promise<Finding[]>;
  faults(at: number): Promise<Fault[]>;
  fault(id: string, at: number): Promise<Fault>;
  declareFault(declaration: FaultDeclaration): Promise<Fault>;
  clearFault(id: string, body: Record<string, string | number>): Promise<void>;
  act(id: string, action: AlertAction, body: Body): Promise<void>;
  me(): Promise<Me>;
  signIn(name: string, password: string): Promise<Me>;
  signOut(): Promise<Me>;
  desk(at: number): Promise<Desk>;
  silence(body: Body): Promise<Silence>;
  endSilence(id: string, body: Body): Promise<Silence>;
  posture(body: Body): Promise<void>;
  giveWatch(body: Body): Promise<Handover>;
  takeWatch(id: string, body: Body): Promise<Handover>;
  drafts(alert: string): Promise<Drafts>;
  timeline(from: number, to: number): Promise<Timeline>;
  streamUrl: string;
}

function query(values: Record<string, string | number | null | undefined>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  if (!pairs.length) return "";
  return `?${new URLSearchParams(pairs.map(([k, v]) => [k, typeof v === "number" ? String(Math.round(v)) : String(v)]))}`;
}

/** The text of a failure, in whichever of the usual forms the server gives it. */
async function sentence(response: Response): Promise<string> {
  try {
    const body = await response.json();
    const detail = body.detail ?? body.error ?? body.message;
    if (typeof detail === "string") return detail;
    if (Array.isArray(detail)) return detail.map((d) => d.msg ?? String(d)).join("; ");
  } catch {
    // no JSON: the status line must do
  }
  return `The server answered ${response.status} ${response.statusText}`.trim();
}

export function createApi(base = "", request: typeof fetch = (...args) => fetch(...args)): Api {
  async function ask<T>(path: string, init?: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await request(base + path, init);
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
      throw new ApiError("The server does not answer", 0);
    }
    if (!response.ok) throw new ApiError(await sentence(response), response.status);
    return (await response.json()) as T;
  }
  const send = <T>(path: string, body: unknown) =>
    ask<T>(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const list = <T>(answer: Record<string, unknown> | T[], name: string): T[] =>
    Array.isArray(answer) ? answer : ((answer[name] as T[]) ?? []);
  const id = encodeURIComponent;
  return {
    streamUrl: `${base}/api/stream`,
    status: () => ask("/api/status"),
    ships: (at, signal) => ask(`/api/ships${query({ at })}`, { signal }),
    ship: (mmsi, at) => ask(`/api/ships/${mmsi}${query({ at })}`),
    track: (mmsi, from, to) => ask(`/api/ships/${mmsi}/track${query({ from, to })}`),
    outlook: (mmsi, at) => ask(`/api/ships/${mmsi}/forecast${query({ at })}`),
    dossier: (mmsi, at) => ask(`/api/ships/${mmsi}/dossier${query({ at })}`),
    watchStates: (at) => ask(`/api/watch-state${query({ at })}`),
    seen: async (at) => (await ask<{ seen: ShipsSeen | null }>(`/api/seen${query({ at })}`)).seen,
    assets: () => ask("/api/assets"),
    asset: (asset, at) => ask(`/api/assets/${id(asset)}${query({ at })}`),
    alerts: async (at) => list<Alert>(await ask(`/api/alerts${query({ at })}`), "alerts"),
    cases: async (at) => list<Case>(await ask(`/api/cases${query({ at })}`), "cases"),
    findings: async (wanted) => list<Finding>(await ask(`/api/findings${query(wanted)}`), "findings"),
    faults: async (at) => list<Fault>(await ask(`/api/faults${query({ at })}`), "faults"),
    fault: (fault, at) => ask(`/api/faults/${id(fault)}${query({ at })}`),
    declareFault: (declaration) => send("/api/faults", declaration),
    clearFault: (fault, body) => send(`/api/faults/${id(fault)}/clear`, body),
    act: (alert, action, body) => send(`/api/alerts/${id(alert)}/${action}`, body),
    me: () => ask("/api/me"),
    signIn: (name, password) => send("/api/signin", { name, password }),
    signOut: () => send("/api/signout", {}),
    desk: (at) => ask(`/api/desk${query({ at })}`),
    silence: (body) => send("/api/silences", body),
    endSilence: (silence, body) => send(`/api/silences/${id(silence)}/end`, body),
    posture: (body) => send("/api/posture", body),
    giveWatch: (body) => send("/api/handover", body),
    takeWatch: (handover, body) => send(`/api/handover/${id(handover)}/take`, body),
    drafts: (alert) => ask(`/api/alerts/${id(alert)}/drafts`),
    timeline: (from, to) => ask(`/api/timeline${query({ from, to })}`),
  };
}
