/** On how many ships under way near assets a drag would be noticed, and on which hardly: beside every quiet screen. */

import { openSelection, type Store } from "../live/store";
import { sentence } from "../ui/format";
import "./seen.css";

const PARTS = ["well", "perhaps", "hardly"] as const;

export function Seen({ store }: { store: Store }) {
  const seen = store.seen.value;
  if (!seen) return null;
  return (
    <section class="seen" aria-label="How well a drag would be seen">
      <h3>A drag would be noticed</h3>
      {seen.ships > 0 && (
        <div class="seen-bar" aria-hidden="true">
          {PARTS.filter((part) => seen[part] > 0).map((part) => (
            <i key={part} class={`seen-${part}`} style={{ flexGrow: seen[part] }} />
          ))}
        </div>
      )}
      <p>{sentence(seen.line)}</p>
      {seen.blind.length > 0 && (
        <details>
          <summary>
            Hardly seen <span class="count num">{seen.hardly}</span>
          </summary>
          <ul>
            {seen.blind.map((ship) => (
              <li key={ship.mmsi}>
                <button
                  type="button"
                  class="link"
                  onClick={() => openSelection(store, { type: "ship", mmsi: ship.mmsi })}
                >
                  {ship.name || ship.mmsi}
                </button>{" "}
                <span class="quiet">{ship.reasons.join("; ")}</span>
              </li>
            ))}
            {seen.hardly > seen.blind.length && (
              <li class="quiet">and {seen.hardly - seen.blind.length} more</li>
            )}
          </ul>
        </details>
      )}
    </section>
  );
}
