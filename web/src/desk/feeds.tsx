/** What comes in, and what does not: a band when something is wrong with it, and a table of all feeds. */

import { useEffect, useState } from "preact/hooks";
import type { Store } from "../live/store";
import type { Feed, Status } from "../model/answers";
import { clock, sentence, span } from "../ui/format";
import "./desk.css";

const STALE_MS = 30_000;
const SAID = { up: "up", down: "DOWN", file: "from file" } as const;

/** How a feed is doing, in the server's own sentence where it has one. */
export function feedSentence(feed: Feed, at: number): string {
  const since = feed.since_t && at >= feed.since_t ? ` for ${span(at - feed.since_t)}` : "";
  const told = feed.message ? `: ${feed.message}` : feed.state === "down" ? ": nothing comes" : "";
  return `${feed.id} ${feed.well === false && feed.state === "up" ? "is not well" : `is ${SAID[feed.state]}`}${since}${told}`;
}

/** What is wrong with what comes in, worst first: sentences. */
export function feedTroubles(status: Status | null, at: number): string[] {
  if (!status) return [];
  // one that is not called yet is no trouble: that the watch is starting is said by itself
  const begun = status.feeds.filter((f) => f.condition !== "starting");
  const bad = begun.filter((f) => f.state === "down" || f.well === false);
  const down = bad.filter((f) => f.state === "down");
  const shed = status.feeds.filter((f) => (f.shed ?? 0) > 0);
  const lines = [...down, ...bad.filter((f) => f.state !== "down")].map((f) => feedSentence(f, at));
  for (const f of shed)
    lines.push(
      `${f.id}: ${f.shed!.toLocaleString("en-GB")} positions were left out, because more came than could be taken; alerts are not`,
    );
  return lines;
}

/** Milliseconds since the server was last heard of, while the page should follow it; 0 while it is fresh. */
function useSilence(store: Store): number {
  const [silent, setSilent] = useState(0);
  const status = store.status.value;
  useEffect(() => {
    setSilent(0);
    if (status?.mode !== "live") return;
    const heard = performance.now();
    const timer = setInterval(() => {
      const ms = performance.now() - heard;
      setSilent(ms >= STALE_MS ? ms : 0);
    }, 5_000);
    return () => clearInterval(timer);
  }, [status]);
  return silent;
}

export function FeedBand({ store }: { store: Store }) {
  const silent = useSilence(store);
  const lost = store.connection.value === "down";
  const lines = lost ? [] : feedTroubles(store.status.value, store.at.value);
  if (silent && !lost)
    lines.unshift(
      `This page has heard nothing from the server for ${span(silent)}: what it shows may be old`,
    );
  if (!lines.length) return null;
  return (
    <section class="band band-trouble" aria-label="Trouble with what comes in" role="status">
      <strong>{silent && !lost ? "STALE" : "INPUT"}</strong>
      <span class="grow">
        {lines[0]}
        {lines.length > 1 && <span class="quiet"> and {lines.length - 1} more</span>}
      </span>
      <button
        type="button"
        class="button small"
        onClick={() => {
          store.dialog.value = "feeds";
        }}
      >
        Feeds <kbd>i</kbd>
      </button>
    </section>
  );
}

export function FeedTable({ store, onDone }: { store: Store; onDone(): void }) {
  const status = store.status.value;
  const at = store.at.value;
  const troubles = feedTroubles(status, at);
  return (
    <div class="form">
      <h2>What comes in</h2>
      {troubles.length ? (
        <ul class="plain trouble">
          {troubles.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      ) : (
        <p>All feeds are well.</p>
      )}
      <div class="scroll">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Feed</th>
              <th scope="col">State</th>
              <th scope="col" class="right">
                Last heard
              </th>
              <th scope="col" class="right">
                A second
              </th>
              <th scope="col" class="right">
                Records
              </th>
              <th scope="col" class="right">
                Rejected
              </th>
              <th scope="col" class="right">
                Left out
              </th>
              <th scope="col" class="right">
                Reconnects
              </th>
            </tr>
          </thead>
          <tbody>
            {(status?.feeds ?? []).map((f) => (
              <tr key={f.id}>
                <th scope="row">{f.id}</th>
                <td>{f.condition ? `${SAID[f.state]}, ${f.condition}` : SAID[f.state]}</td>
                <td class="right num">
                  {(f.last_seen_t ?? f.last_t) ? clock((f.last_seen_t ?? f.last_t)!) : "never"}
                </td>
                <td class="right num">{f.rate_s == null ? "–" : f.rate_s.toFixed(1)}</td>
                <td class="right num">{(f.records ?? 0).toLocaleString("en-GB")}</td>
                <td class="right num">{(f.rejected ?? 0).toLocaleString("en-GB")}</td>
                <td class="right num">{(f.shed ?? 0).toLocaleString("en-GB")}</td>
                <td class="right num">{f.reconnects ?? 0}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {store.seen.value && <p>{sentence(store.seen.value.line)}</p>}
      <button type="button" class="button" onClick={onDone}>
        Close
      </button>
    </div>
  );
}
