/** The alert queue: what asks for somebody first, then what is folded, and beside all of it what can't be seen. */

import type { ComponentChildren } from "preact";
import { Promises } from "../cards/work";
import { inDrill } from "../desk/drill";
import { openAlert, type Store } from "../live/store";
import { blindShare } from "../map/watch";
import type { Alert } from "../model/nouns";
import { Key } from "../ui/parts";
import { blindness } from "../ui/topbar";
import { CannotSee } from "./cannot_see";
import { AlertCard } from "./card";
import { arrange, groupText, type Queue } from "./line";
import { Seen } from "./seen";

export function queueOf(store: Store): Queue {
  return arrange(store.alerts.value, (alert) => !!store.desk.value?.silenced[alert.id]);
}

/** The alerts that j and k walk through, in the order on screen. */
export function walkable(queue: Queue): Alert[] {
  return [...queue.cards, ...queue.exercise, ...queue.groups, ...queue.notices];
}

function Fold({
  title,
  n,
  children,
  open,
}: {
  title: string;
  n: number;
  children: ComponentChildren;
  open?: boolean;
}) {
  if (!n) return null;
  return (
    <details class="fold" open={open}>
      <summary>
        {title} <span class="count num">{n}</span>
      </summary>
      {children}
    </details>
  );
}

export function QueuePanel({ store }: { store: Store }) {
  const queue = queueOf(store);
  const at = store.at.value;
  const status = store.status.value;
  const why = blindness(store);
  const share = blindShare(store.watch.value);
  const blind = share ? [`along the assets now: ${share}`] : [];
  const list = (alerts: Alert[], label: string) => (
    <ul class="cards" aria-label={label}>
      {alerts.map((alert) => (
        <AlertCard
          key={alert.id}
          alert={alert}
          at={at}
          chosen={store.cursor.value === alert.id}
          ackedBy={store.acked.value[alert.id]}
          late={store.desk.value?.escalated.includes(alert.id)}
          also={queue.also[alert.id]}
          onOpen={() => openAlert(store, alert)}
          onFocus={() => {
            store.cursor.value = alert.id;
          }}
        />
      ))}
    </ul>
  );
  const noticesOpen = queue.notices.some((alert) => alert.id === store.cursor.value);
  return (
    <section class="queue" data-panel="queue" aria-label="Alert queue">
      <header class="panel-head">
        <h2>Queue</h2>
        <span class="quiet">
          {queue.cards.length ? (
            <>
              <span class="num">{queue.cards.length}</span> to look at <Key>j</Key> <Key>k</Key>
            </>
          ) : (
            "nothing to look at"
          )}
        </span>
      </header>
      <div class="panel-body">
        {why.length > 0 && (
          <p class="empty not-watched">
            <strong>Not watching:</strong> {why.join("; ")}. An empty queue means nothing until this is
            mended: run <code>seawarden doctor</code> where the server runs.
          </p>
        )}
        <Open store={store} />
        {list(queue.cards, "Alerts that ask for somebody")}
        {queue.exercise.length > 0 && (
          <section class="queue-exercise" aria-label="Exercise">
            <h3>EXERCISE: not counted, not real</h3>
            {list(queue.exercise, "Alerts of the drill")}
          </section>
        )}
        {queue.groups.map((alert) => (
          <button
            type="button"
            key={alert.id}
            class={`group-line${store.cursor.value === alert.id ? " chosen" : ""}`}
            data-alert={alert.id}
            onClick={() => openAlert(store, alert)}
          >
            <span aria-hidden="true">≋</span> {groupText(alert)}
          </button>
        ))}
        {!queue.cards.length && !why.length && <Quiet store={store} />}
        <Fold title="Notices" n={queue.notices.length} open={noticesOpen}>
          {list(queue.notices, "Notices")}
        </Fold>
        <Fold title="Silenced" n={queue.silent.length}>
          {list(queue.silent, "Silenced alerts")}
        </Fold>
        <Fold title="Closed or withdrawn" n={queue.closed.length}>
          {list(queue.closed, "Closed and withdrawn alerts")}
        </Fold>
        <Seen store={store} />
        {status && <CannotSee items={[...blind, ...status.cannot_see]} quiet={queue.cards.length < 3} />}
      </div>
    </section>
  );
}

/** Promises that are open, and overdue ones in sight of all. */
function Open({ store }: { store: Store }) {
  const open = store.desk.value?.promises ?? [];
  if (!open.length) return null;
  return (
    <section class="open-promises" aria-label="Open promises">
      <Promises promises={open.map((item) => item.promise)} at={store.at.value} />
    </section>
  );
}

function Quiet({ store }: { store: Store }) {
  const status = store.status.value;
  if (!status) return <p class="empty">Asking the server what it sees …</p>;
  // a ship of a drill is in no count
  const ships = store.ships.value?.mmsi.filter((mmsi) => !inDrill(mmsi)).length ?? 0;
  if (!status.assets)
    return (
      <p class="empty">
        <strong>No assets are loaded.</strong> Without them nothing can be watched: start the server with{" "}
        <code>--assets</code>, or run <code>seawarden doctor</code>.
      </p>
    );
  if (!ships)
    return (
      <p class="empty">
        <strong>No ship was heard at this time.</strong> Move the time line below to where it shows traffic,
        or choose another episode.
      </p>
    );
  return (
    <p class="empty">
      <strong>Quiet.</strong> <span class="num">{ships}</span> ships near{" "}
      <span class="num">{status.assets}</span> assets, and none of them asks for a look. Quiet is not safe:
      read what can't be seen below.
    </p>
  );
}
