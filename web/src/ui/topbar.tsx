/** The top bar: name, time, mode, feeds, watch state, posture, faults; and NOT WATCHING, which fills it. */

import { askNotices } from "../live/notices";
import { chime } from "../live/sound";
import { openSelection, type Store } from "../live/store";
import { blindShare, watchKm } from "../map/watch";
import type { Feed, Status } from "../model/answers";
import { clockSeconds, day, local, span, words } from "./format";
import { Key } from "./parts";
import { Search } from "./search";
import type { Theme } from "./theme";

export function modeWord(
  status: Status | null,
  following: boolean,
  playing: boolean,
  speed: number,
  asKnown = true,
): string {
  if (!status) return "…";
  if (status.mode === "live" && following && !playing) return "LIVE";
  if (!asKnown) return "IN HINDSIGHT";
  return playing ? `REPLAY ×${speed}` : "AS KNOWN AT";
}

const FEED_WORDS = { up: "up", down: "DOWN", file: "from file" } as const;

function FeedDot({ feed }: { feed: Feed }) {
  const lag = feed.state === "up" && feed.lag_s != null ? `, lag ${span(feed.lag_s * 1000)}` : "";
  const counts =
    feed.records != null
      ? `; ${feed.records.toLocaleString("en-GB")} records, ${(feed.rejected ?? 0).toLocaleString("en-GB")} rejected`
      : "";
  const told = feed.message ? `: ${feed.message}` : "";
  const text = `${feed.id}: ${FEED_WORDS[feed.state]}${told}${lag}${counts}`;
  const look = feed.state === "up" && feed.well === false ? "down" : feed.state;
  return (
    <li class={`feed feed-${look}`} title={text}>
      <i aria-hidden="true" />
      <span class="sr-only">{text}</span>
    </li>
  );
}

/** Why nothing is watched at present; empty while the watch runs. */
export function blindness(store: Store): string[] {
  if (store.connection.value === "down") return ["the page has lost the server; what is shown is stale"];
  const status = store.status.value;
  if (!status || status.watching) return [];
  return status.why_not.length ? status.why_not : ["the server does not say why"];
}

export function TopBar({ store, theme }: { store: Store; theme: Theme }) {
  const status = store.status.value;
  const at = store.at.value;
  const word = modeWord(
    status,
    store.following.value,
    store.playing.value,
    store.speed.value,
    store.asKnown.value,
  );
  const why = blindness(store);
  const blind = why.length > 0;
  const open = store.faults.value.filter((f) => f.state !== "cleared");
  const watch = watchKm(store.watch.value);
  const feeds = status?.feeds ?? [];
  const desk = store.desk.value;
  const posture = desk?.posture.level ?? status?.posture ?? "normal";
  const me = store.me.value;
  const feedsDown = feeds.filter((f) => f.state === "down").length;
  return (
    <header class={`topbar${blind ? " not-watching" : ""}`} data-panel="topbar">
      <h1>
        <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
          <path
            d="M4 21c4 0 4-3.500 8-3.500s4 3.500 8 3.500 4-3.500 8-3.500"
            fill="none"
            stroke="currentColor"
            stroke-width="2.800"
            stroke-linecap="round"
          />
          <circle cx="16" cy="9" r="3.500" fill="currentColor" />
        </svg>
        <span class="brand">Seawarden</span>
      </h1>
      {blind && (
        <div class="blind-words" role="alert" title={why.join("; ")}>
          <strong>NOT WATCHING</strong> <span>{why.join("; ")}</span>
        </div>
      )}
      <div class={`mode mode-${word.split(" ")[0]!.toLowerCase()}`} aria-live="off">
        <strong>{word}</strong>
      </div>
      <div class="now" title="Event time, UTC; your local time beside it">
        {at > 0 ? (
          <>
            <time dateTime={new Date(at).toISOString()} class="num">
              {day(at)} <strong>{clockSeconds(at)}</strong>
            </time>
            <span class="quiet num local">{local(at)}</span>
          </>
        ) : (
          <span class="quiet">waiting for the server</span>
        )}
      </div>
      {status?.simulated && (
        <span class="simulated" title="Among the ships is one that does not exist, for practice">
          <span class="wide">INCLUDES </span>SIMULATED
        </span>
      )}
      {!blind && (
        <ul class="feeds" aria-label="Feeds">
          {feeds.slice(0, 8).map((feed) => (
            <FeedDot key={feed.id} feed={feed} />
          ))}
          <li>
            <button
              type="button"
              class="link quiet"
              title="What comes in: every feed (i)"
              onClick={() => {
                store.dialog.value = "feeds";
              }}
            >
              {feedsDown
                ? `${feedsDown} feed${feedsDown > 1 ? "s" : ""} down`
                : `${feeds.length} feed${feeds.length === 1 ? "" : "s"}`}
            </button>
          </li>
        </ul>
      )}
      {!blind && watch && (
        <span class="watch quiet" title={`Watch state of the assets: ${watch}`}>
          Assets: <span class="num">{blindShare(store.watch.value)}</span>
        </span>
      )}
      <button
        type="button"
        class={`posture${posture === "normal" ? " quiet" : ""}`}
        title={`How wary the watch is${desk?.posture.actor ? `: set by ${desk.posture.actor}` : ""} (p)`}
        onClick={() => {
          store.dialog.value = "posture";
        }}
      >
        Posture: {words(posture)}
      </button>
      {open.map((fault) => (
        <button
          key={fault.id}
          type="button"
          class="fault-chip"
          title="Thresholds near it are lowered until the fault is cleared"
          onClick={() => openSelection(store, { type: "fault", id: fault.id })}
        >
          Fault: {fault.asset.name} · thresholds lowered
        </button>
      ))}
      <span class="grow" />
      <Search store={store} />
      <button type="button" class="button small" onClick={() => openSelection(store, { type: "declare" })}>
        <span class="wide">Declare </span>fault <Key>f</Key>
      </button>
      <button
        type="button"
        class="button icon"
        aria-pressed={store.sound.value}
        aria-label={
          store.sound.value ? "The alarm is on: switch it off" : "The alarm is off: hear it and switch it on"
        }
        title="The alarm of a critical alert"
        onClick={() => {
          store.sound.value = store.sound.value ? false : chime();
          if (store.sound.value) askNotices();
        }}
      >
        {store.sound.value ? "♪" : "∅"}
      </button>
      <button
        type="button"
        class="button small"
        title="Hand over, or take, the watch (h)"
        onClick={() => {
          store.dialog.value = "handover";
        }}
      >
        Watch <Key>h</Key>
      </button>
      {me?.needed && me.name && (
        <button
          type="button"
          class="button small"
          title={`${me.name}, ${me.role}: sign out`}
          onClick={async () => {
            store.me.value = await store.api.signOut().catch(() => me);
          }}
        >
          {me.name}
        </button>
      )}
      <button
        type="button"
        class="button icon"
        aria-label={`Switch to ${theme.name.value === "dark" ? "light" : "dark"}`}
        title="Dark or light (t)"
        onClick={() => theme.toggle()}
      >
        ◐
      </button>
      <button
        type="button"
        class="button icon"
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => {
          store.dialog.value = "help";
        }}
      >
        ?
      </button>
    </header>
  );
}
