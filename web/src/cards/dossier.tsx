/** The whole dossier, one click away: whose waters, which zones and when, when she was silent, who has the watch. */

import { useState } from "preact/hooks";
import { type Api, ApiError } from "../live/api";
import type { ZoneDossier } from "../model/answers";
import { span, stamp, words } from "../ui/format";
import { Fact } from "../ui/parts";

export function Dossier({
  facts,
  mmsi,
  at,
  ask,
}: {
  facts: Record<string, unknown>;
  mmsi: number;
  at: number;
  ask?: Api["dossier"];
}) {
  const [whole, setWhole] = useState<ZoneDossier | null>(null);
  const [trouble, setTrouble] = useState("");
  const rows = Object.entries(facts).filter(([, v]) => v !== null && v !== "" && typeof v !== "object");
  async function open() {
    try {
      setWhole((await ask?.(mmsi, at)) ?? null);
    } catch (cause) {
      setTrouble(cause instanceof ApiError ? cause.message : "This can't be shown");
    }
  }
  return (
    <>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <Fact key={name} name={words(name)}>
            {String(value)}
          </Fact>
        ))}
      </dl>
      {trouble && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      {!whole && ask && (
        <button type="button" class="button small" onClick={open}>
          Zone log
        </button>
      )}
      {whole && (
        <>
          {whole.watch && (
            <p>
              Who has the watch now: <strong>{whole.watch}</strong>
            </p>
          )}
          <ol class="running-log" aria-label="Zone log">
            {whole.zones.map((stay) => (
              <li key={`${stay.kind}${stay.name}${stay.entry_t}`}>
                <time class="num">{stamp(stay.entry_t)}</time> {words(stay.what || stay.kind)}{" "}
                <strong>{stay.name}</strong> <span class="quiet">for {span(stay.exit_t - stay.entry_t)}</span>
                {stay.next_watch && <span class="quiet">, handed over to {stay.next_watch}</span>}
              </li>
            ))}
            {whole.gaps.map((gap) => (
              <li key={`gap${gap.from_t}`}>
                <time class="num">{stamp(gap.from_t)}</time> silent{" "}
                <span class="quiet">for {span(gap.to_t - gap.from_t)}</span>
              </li>
            ))}
          </ol>
          {!whole.zones.length && <p class="quiet">She was in no zone that is known here.</p>}
        </>
      )}
    </>
  );
}
