/** The alert queue: what asks for somebody first, then what is folded, and beside all of it what can't be seen. */

import type { ComponentChildren } from "preact";
import { Promises } from "../cards/work";
import { inDrill } from "../desk/drill";
import { isIn, type Row } from "../live/cases";
import { openAlert, type Store } from "../live/store";
import { blindShare } from "../map/watch";
import { Key } from "../ui/parts";
import { blindness } from "../ui/topbar";
import { CannotSee } from "./cannot_see";
import { CaseCard } from "./card";
import { arrange, groupText, type Queue } from "./line";
import { Seen } from "./seen";

export function queueOf(store: Store): Queue {
  return arrange(store.rows.value);
}

/** The cases that j and k walk through, in the order on screen. */
export function walkable(queue: Queue): Row[] {
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
  const chosen = (row: Row) => isIn(row, store.cursor.value);
  // the alert of it that is chosen already, so that neither keys nor an open card leave it
  const one = (row: Row) => row.alerts.find((alert) => alert.id === store.cursor.value) ?? row.head;
  const list = (rows: Row[], label: string) => (
    <ul class="cards" aria-label={label}>
      {rows.map((row) => (
        <CaseCard
          key={row.id}
          row={row}
          at={at}
          chosen={chosen(row)}
          acked={store.acked.value}
          late={store.desk.value?.escalated}
          onOpen={() => openAlert(store, one(row))}
          onFocus={() => {
            store.cursor.value = one(row).id;
          }}
        />
      ))}
    </ul>
  );
  const noticesOpen = queue.notices.some(chosen);
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
        {list(queue.cards, "Cases that ask for somebody")}
        {queue.exercise.length > 0 && (
          <section class="queue-exercise" aria-label="Exercise">
            <h3>EXERCISE: not counted, not real</h3>
            {list(queue.exercise, "Cases of the drill")}
          </section>
        )}
        {queue.groups.map((row) => (
          <button
            type="button"
            key={row.id}
            class={`group-line${chosen(row) ? " chosen" : ""}`}
            data-alert={row.head.id}
            data-case={row.id}
            onClick={() => openAlert(store, one(row))}
          >
            <span aria-hidden="true">≋</span> {groupText(row.head)}
          </button>
        ))}
        {!queue.cards.length && !why.length && <Quiet store={store} />}
        <Fold title="Notices" n={queue.notices.length} open={noticesOpen}>
          {list(queue.notices, "Notices")}
        </Fold>
        <Fold title="Silenced" n={queue.silent.length}>
          {list(queue.silent, "Silenced cases")}
        </Fold>
        <Fold title="Closed or withdrawn" n={queue.closed.length}>
          {list(queue.closed, "Closed and withdrawn cases")}
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
