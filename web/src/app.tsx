/** The frame: top bar, queue, map, drawer, time line; on a phone one sheet at a time. */

import { useEffect } from "preact/hooks";
import { Drawer } from "./cards/drawer";
import { DrillBand, drillOn } from "./desk/drill";
import { FeedBand } from "./desk/feeds";
import { DropPlace } from "./desk/layers";
import type { Detail } from "./live/detail";
import type { Sheet, Store } from "./live/store";
import { MapView } from "./map/view";
import { QueuePanel, queueOf } from "./queue/queue";
import { TimelinePanel } from "./timeline/timeline";
import { Dialogs } from "./ui/dialog";
import { SignIn } from "./ui/signin";
import type { Theme } from "./ui/theme";
import { TopBar } from "./ui/topbar";

export interface AppProps {
  store: Store;
  detail: Detail;
  theme: Theme;
  /** Begin to ask the server, now that it answers. */
  onSignedIn(): void;
}

function Note({ store }: { store: Store }) {
  const text = store.note.value;
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => {
      store.note.value = "";
    }, 8000);
    return () => clearTimeout(timer);
  }, [text, store]);
  return (
    <div class="note" role="status" aria-live="polite">
      {text && <p>{text}</p>}
    </div>
  );
}

function Tabs({ store }: { store: Store }) {
  const n = queueOf(store).cards.length;
  const tab = (sheet: Sheet, label: string) => (
    <button
      type="button"
      aria-current={store.sheet.value === sheet ? "page" : undefined}
      disabled={sheet === "detail" && !store.selection.value}
      onClick={() => {
        store.sheet.value = sheet;
      }}
    >
      {label}
    </button>
  );
  return (
    <nav class="tabs" aria-label="Sheets">
      {tab("queue", n ? `Queue (${n})` : "Queue")}
      {tab("map", "Map")}
      {tab("detail", "Card")}
    </nav>
  );
}

/** Each source once. Those that are footnotes with an address stand in the legend, which has them all. */
export function shortSources(lines: string[]): string[] {
  const parts = lines.filter((line) => !line.includes("://")).flatMap((line) => line.split("; "));
  const short = [...new Set(parts.map((part) => part.trim()))];
  return short.length < new Set(lines).size ? [...short, "all sources: legend"] : short;
}

/** Data sources, always in view, whatever the map does. */
function Attribution({ store }: { store: Store }) {
  const lines = store.status.value?.attribution ?? [];
  return (
    <p class="attribution" title={lines.join("\n")}>
      {shortSources(lines).join(" · ")}
    </p>
  );
}

export function App({ store, detail, theme, onSignedIn }: AppProps) {
  const me = store.me.value;
  if (me?.needed && !me.name) return <SignIn store={store} onDone={onSignedIn} />;
  return (
    <div
      class="app"
      data-sheet={store.sheet.value}
      data-drawer={store.selection.value ? "open" : "shut"}
      data-exercise={drillOn(store) ? "on" : undefined}
    >
      <a class="skip" href="#queue">
        Skip to the queue
      </a>
      <div class="head">
        <TopBar store={store} theme={theme} />
        <DrillBand store={store} />
        <FeedBand store={store} />
      </div>
      <main>
        <MapView store={store} detail={detail} theme={theme} />
        <div class="queue-place" id="queue">
          <QueuePanel store={store} />
        </div>
        <Drawer store={store} detail={detail} theme={theme} />
        <Attribution store={store} />
        <Note store={store} />
      </main>
      <TimelinePanel store={store} />
      <Tabs store={store} />
      <Dialogs store={store} />
      <DropPlace store={store} />
    </div>
  );
}
