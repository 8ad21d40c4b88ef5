/** Questions of the desk's own panels: checklists, drills, layers. Failures are sentences, as everywhere. */

import { ApiError } from "../live/api";
import type { ChecklistAnswer, Drill, DrillsAnswer } from "../model/answers";

export async function ask<T>(path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(
      path,
      body === undefined
        ? undefined
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
    );
  } catch {
    throw new ApiError("The server does not answer", 0);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok)
    throw new ApiError(answer?.detail ?? `The server answered ${response.status}`, response.status);
  return answer as T;
}

export const sentence = (cause: unknown) =>
  cause instanceof ApiError ? cause.message : "The page failed at this";

const id = encodeURIComponent;

export const checklistOf = (alert: string, at: number) =>
  ask<ChecklistAnswer>(`/api/alerts/${id(alert)}/checklist?at=${Math.round(at)}`);
export const drillsAt = (at: number) => ask<DrillsAnswer>(`/api/drills?at=${Math.round(at)}`);
export const beginDrill = (body: unknown) => ask<Drill>("/api/drills", body);
export const endDrill = (drill: string, body: unknown) => ask<Drill>(`/api/drills/${id(drill)}/end`, body);
