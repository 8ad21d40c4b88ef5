/** Small parts that every room uses. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ShipNear } from "../model/answers";
import { clock, relative, stamp } from "./format";

/** A time, absolute and relative. */
export function When({ t, at, long = false }: { t: number; at: number; long?: boolean }) {
  return (
    <time dateTime={new Date(t).toISOString()} title={new Date(t).toISOString()}>
      {long ? stamp(t) : clock(t)} <span class="quiet">{relative(t, at)}</span>
    </time>
  );
}

export function Simulated() {
  return (
    <span class="simulated" title="This ship does not exist: an exercise">
      SIMULATED
    </span>
  );
}

/** The head of a table's row about a ship: her name, which opens her card. */
export function ShipCell({ ship, onShip }: { ship: ShipNear["ship"]; onShip(mmsi: number): void }) {
  return (
    <th scope="row">
      <button type="button" class="link" onClick={() => onShip(ship.mmsi)}>
        {ship.name || ship.mmsi}
      </button>{" "}
      {ship.simulated && <Simulated />}
    </th>
  );
}

export function Key({ children }: { children: string }) {
  return <kbd>{children}</kbd>;
}

export function Section({
  title,
  children,
  aside,
}: {
  title: string;
  children: ComponentChildren;
  aside?: ComponentChildren;
}) {
  return (
    <section class="section" aria-label={title}>
      <header>
        <h3>{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Copies a text; says that it did. Falls back to selecting it where the clipboard is closed. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setDone("Copied");
    } catch {
      setDone("Select the text above and copy it by hand");
    }
  }
  return (
    <button type="button" class="button small" onClick={copy}>
      {label}
      <span role="status" class="quiet">
        {done}
      </span>
    </button>
  );
}

/** A pair of a name and a value in a list of facts. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
