/** The right drawer: one thing at a time, with its few actions and their keys. */

import { useEffect, useRef } from "preact/hooks";
import { EvidenceButton } from "../desk/evidence";
import { acknowledge, acting } from "../live/actions";
import { covered, isOver, rowWith } from "../live/cases";
import type { Detail } from "../live/detail";
import { gotoShip, openAlert, openSelection, type Store, seek } from "../live/store";
import type { Alert } from "../model/nouns";
import { shipName } from "../queue/line";
import { Key } from "../ui/parts";
import { keep, type Theme } from "../ui/theme";
import { AssetView } from "./asset";
import { CaseSection } from "./case";
import { FaultView } from "./fault";
import { FaultForm } from "./fault_form";
import { ShipView } from "./ship";
import { WorkSection } from "./work";

export function gotoAsset(store: Store, id: string): void {
  const feature = store.assets.value?.features.find((f) => f.properties.id === id);
  if (!feature) return;
  const flat = (
    feature.geometry.type === "LineString" ? [feature.geometry.coordinates] : feature.geometry.coordinates
  ).flat();
  const lons = flat.map((p) => p[0]!);
  const lats = flat.map((p) => p[1]!);
  const bounds: [number, number, number, number] = [
    Math.min(...lons),
    Math.min(...lats),
    Math.max(...lons),
    Math.max(...lats),
  ];
  store.goto.value = { lat: lats[0]!, lon: lons[0]!, bounds, stamp: performance.now() };
}

function Actions({ store, alert, mmsi }: { store: Store; alert: Alert | null; mmsi: number }) {
  const open = alert && !isOver(alert);
  const all = alert ? covered(store.rows.value, alert) : [];
  const seen = all.every((one) => store.acked.value[one.id]);
  return (
    <div class="actions" role="toolbar" aria-label="Actions">
      {open && (
        <>
          <button
            type="button"
            class={`button small${seen ? "" : " primary"}`}
            onClick={() => acknowledge(store, all)}
          >
            {all.length > 1 ? `Acknowledge all ${all.length}` : "Acknowledge"} <Key>a</Key>
          </button>
          {all.length > 1 && !store.acked.value[alert.id] && (
            <button
              type="button"
              class="button small"
              title={`Acknowledge ${alert.asset.name}`}
              onClick={() => acknowledge(store, [alert])}
            >
              This one only
            </button>
          )}
          <button
            type="button"
            class="button small"
            onClick={() => {
              store.dialog.value = "comment";
            }}
          >
            Comment <Key>c</Key>
          </button>
          <button
            type="button"
            class="button small"
            onClick={() => {
              store.dialog.value = "silence";
            }}
          >
            {store.desk.value?.silenced[alert.id] ? "Silenced" : "Silence"} <Key>s</Key>
          </button>
          <button
            type="button"
            class="button small"
            onClick={() => {
              store.dialog.value = "escalate";
            }}
          >
            Escalate <Key>e</Key>
          </button>
          <button
            type="button"
            class="button small"
            onClick={() => {
              store.dialog.value = "close";
            }}
          >
            Close <Key>x</Key>
          </button>
        </>
      )}
      {alert && <EvidenceButton store={store} kind="alerts" id={alert.id} />}
      <button type="button" class="button small" onClick={() => gotoShip(store, mmsi, 8.5)}>
        Go to <Key>g</Key>
      </button>
    </div>
  );
}

export function Drawer({ store, detail, theme }: { store: Store; detail: Detail; theme: Theme }) {
  const selection = store.selection.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const follows = useRef(false);
  const body = useRef<HTMLDivElement>(null);
  const key = selection
    ? `${selection.type}${"mmsi" in selection ? selection.mmsi : "id" in selection ? selection.id : ""}`
    : "";
  useEffect(() => {
    if (!key) {
      follows.current = false;
      return;
    }
    body.current?.scrollTo?.(0, 0);
    const walking = !!document.activeElement?.closest("[data-alert]") && follows.current;
    follows.current = true;
    if (selection?.type !== "declare" && !walking) heading.current?.focus({ preventScroll: true });
  }, [key]);
  if (!selection) return null;

  const at = store.at.value;
  const onShip = (mmsi: number) => {
    const alert = store.alerts.value.find((a) => a.ship.mmsi === mmsi && a.state !== "retracted");
    openSelection(store, { type: "ship", mmsi, alert: alert?.id });
  };
  const onAsset = (id: string) => openSelection(store, { type: "asset", id });
  let title = "";
  let content = detail.error.value ? (
    <p class="empty" role="alert">
      {detail.error.value}. Move the time line, or choose another thing.
    </p>
  ) : (
    <div class="waiting" aria-busy="true">
      <i />
      <i />
      <i />
    </div>
  );
  let actions = null;
  if (selection.type === "ship") {
    const card = detail.ship.value;
    const alert = selection.alert ? (store.alerts.value.find((a) => a.id === selection.alert) ?? null) : null;
    const row = alert ? rowWith(store.rows.value, alert.id) : undefined;
    title = card ? shipName(card) : alert ? shipName(alert) : `MMSI ${selection.mmsi}`;
    actions = <Actions store={store} alert={alert} mmsi={selection.mmsi} />;
    if (card)
      content = (
        <ShipView
          card={card}
          track={detail.track.value?.mmsi === selection.mmsi ? detail.track.value.columns : null}
          alert={alert}
          at={at}
          tokens={theme.tokens()}
          stretch={store.stretch.value}
          ackedBy={alert ? store.acked.value[alert.id] : undefined}
          onStretch={(s) => {
            store.stretch.value = s;
          }}
          onTime={(t) => seek(store, t)}
          onAsset={onAsset}
          held={alert && row ? <CaseSection store={store} row={row} alert={alert} /> : undefined}
          others={store.rows.value.filter(
            (other) => other !== row && !other.over && other.head.ship.mmsi === selection.mmsi,
          )}
          onCase={(other) => openAlert(store, other.head)}
          onDossier={store.api.dossier}
          work={alert ? <WorkSection store={store} alert={alert} /> : undefined}
        />
      );
  } else if (selection.type === "asset") {
    const card = detail.asset.value;
    title =
      card?.asset.name ??
      store.assets.value?.features.find((f) => f.properties.id === selection.id)?.properties.name ??
      selection.id;
    actions = (
      <div class="actions" role="toolbar" aria-label="Actions">
        <button type="button" class="button small" onClick={() => gotoAsset(store, selection.id)}>
          Go to <Key>g</Key>
        </button>
      </div>
    );
    if (card)
      content = (
        <AssetView
          store={store}
          card={card}
          at={at}
          onShip={onShip}
          onFault={() => openSelection(store, { type: "declare", asset: selection.id })}
        />
      );
  } else if (selection.type === "declare") {
    title = "Declare a fault";
    content = (
      <FaultForm
        key={selection.asset ?? ""}
        assets={store.assets.value}
        asset={selection.asset}
        at={at}
        actor={store.actor.value}
        onActor={(name) => {
          store.actor.value = name;
          keep("seawarden.actor", name);
        }}
        onDeclare={async (declared) => {
          const fault = await store.api.declareFault({ ...declared, declared_t: acting(store).t });
          detail.fault.value = fault;
          store.faults.value = [...store.faults.value.filter((f) => f.id !== fault.id), fault];
          openSelection(store, { type: "fault", id: fault.id });
          gotoAsset(store, fault.asset.id);
        }}
      />
    );
  } else {
    const fault = detail.fault.value;
    title = fault ? `Fault on ${fault.asset.name}` : "Fault";
    if (fault)
      actions = (
        <div class="actions" role="toolbar" aria-label="Actions">
          <EvidenceButton store={store} kind="faults" id={fault.id} />
        </div>
      );
    if (fault)
      content = (
        <FaultView
          key={fault.id}
          fault={fault}
          at={at}
          onShip={onShip}
          onAsset={onAsset}
          onClear={async () => {
            await store.api
              .clearFault(fault.id, { actor: store.actor.value || "operator", ...acting(store) })
              .catch((cause: Error) => {
                store.note.value = cause.message;
              });
            store.faults.value = await store.api.faults(at).catch(() => store.faults.value);
            detail.fault.value = await store.api.fault(fault.id, at).catch(() => detail.fault.value);
          }}
        />
      );
  }
  return (
    <aside class="drawer" data-panel="drawer" aria-label={title}>
      <header class="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="button icon" onClick={() => openSelection(store, null)}>
          <Key>Esc</Key> <span aria-hidden="true">✕</span>
          <span class="sr-only">closes the drawer</span>
        </button>
      </header>
      {actions}
      <div class="panel-body" ref={body}>
        {content}
      </div>
    </aside>
  );
}
