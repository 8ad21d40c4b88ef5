/** What lines and signs on the map mean; folded until asked. */

import { Fragment } from "preact";
import { Sample } from "../desk/layers";
import type { Store } from "../live/store";
import { Key } from "../ui/parts";
import { DASHES } from "./assets";

function Line({ tone, dash, width = 2 }: { tone: string; dash: number[]; width?: number }) {
  return (
    <svg width="36" height="8" aria-hidden="true">
      <line
        x1="0"
        x2="36"
        y1="4"
        y2="4"
        stroke={`var(--${tone})`}
        stroke-width={width}
        stroke-dasharray={dash.map((d) => d * width).join(" ")}
      />
    </svg>
  );
}

export function Legend({ sources, store }: { sources: string[]; store?: Store }) {
  const layers = store?.layers.value ?? [];
  return (
    <details class="legend">
      <summary>Legend</summary>
      <dl>
        <dt>
          <Line tone="telecom" dash={DASHES.telecom_cable!} />
        </dt>
        <dd>Telecom cable</dd>
        <dt>
          <Line tone="power" dash={DASHES.power_cable!} />
        </dt>
        <dd>Power link</dd>
        <dt>
          <Line tone="gas" dash={DASHES.pipeline!} />
        </dt>
        <dd>Pipeline</dd>
        <dt>
          <span class="legend-halo" />
        </dt>
        <dd>Halo: as wide as the route's error</dd>
        <dt>
          <Line tone="label" dash={[]} width={1} />
        </dt>
        <dd>Beside it: watched</dd>
        <dt>
          <Line tone="label" dash={[3, 2]} width={1} />
        </dt>
        <dd>Watched thinly</dd>
        <dt>
          <Line tone="label" dash={[1, 4]} width={1} />
        </dt>
        <dd>Not watched</dd>
        <dt>
          <Line tone="act" dash={[0.6, 0.6]} width={3} />
        </dt>
        <dd>Jammed</dd>
        <dt>
          <Line tone="accent" dash={[2, 2]} width={1} />
        </dt>
        <dd>Where the chosen ship may be after so long, 9 in 10</dd>
        <dt>
          <span class="legend-ship" />
        </dt>
        <dd>Ship: longer is larger, fainter is older</dd>
        <dt>
          <span class="legend-simulated" />
        </dt>
        <dd>SIMULATED: not a real ship</dd>
        {layers.map(
          (layer, k) =>
            layer.shown && (
              <Fragment key={layer.id}>
                <dt>
                  <Sample index={k} />
                </dt>
                <dd>{layer.name}</dd>
              </Fragment>
            ),
        )}
      </dl>
      {store && (
        <button
          type="button"
          class="button small"
          onClick={() => {
            store.dialog.value = "layers";
          }}
        >
          Layers <Key>l</Key>
        </button>
      )}
      {sources.length > 0 && (
        <div class="legend-sources">
          <strong>Sources</strong>
          {sources.map((source) => (
            <p key={source}>{source}</p>
          ))}
        </div>
      )}
    </details>
  );
}
