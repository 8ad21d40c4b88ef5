/** The time line: episodes, play and speed, the slider, and whether to look with later knowledge. */

import { changeSpeed, togglePlay } from "../live/playback";
import { type Store, seek } from "../live/store";
import { clockSeconds, day } from "../ui/format";
import { Strip } from "./strip";

const MINUTE = 60_000;

/** A bare date as people read it; any other label as it is. */
export function spelled(label: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(label) ? day(Date.parse(`${label}T00:00Z`)) : label;
}

export function TimelinePanel({ store }: { store: Store }) {
  const status = store.status.value;
  const episode = store.episode.value;
  const at = store.at.value;
  const playing = store.playing.value;
  const live = status?.mode === "live";
  return (
    <section class="timeline" data-panel="timeline" aria-label="Time line">
      <div class="timeline-controls">
        <button
          type="button"
          class="button play"
          data-play=""
          aria-pressed={playing}
          onClick={() => togglePlay(store)}
          disabled={!episode}
        >
          <span aria-hidden="true">{playing ? "❚❚" : "▶"}</span>
          <span class="sr-only">{playing ? "Pause" : "Play"}</span>
        </button>
        <div class="speed">
          <button
            type="button"
            class="button icon"
            aria-label="Slower"
            title="Slower ([)"
            onClick={() => changeSpeed(store, -1)}
          >
            −
          </button>
          <output class="num">×{store.speed.value}</output>
          <button
            type="button"
            class="button icon"
            aria-label="Faster"
            title="Faster (])"
            onClick={() => changeSpeed(store, 1)}
          >
            +
          </button>
        </div>
        {(status?.episodes.length ?? 0) > 1 && (
          <select
            aria-label="Episode"
            value={episode?.id}
            onChange={(e) => {
              const chosen = status!.episodes.find((x) => x.id === e.currentTarget.value);
              if (!chosen) return;
              store.playing.value = false;
              seek(store, chosen.from + (chosen.to - chosen.from) / 2);
            }}
          >
            {status!.episodes.map((e) => (
              <option key={e.id} value={e.id}>
                {spelled(e.label)}
              </option>
            ))}
          </select>
        )}
        <label
          class="switch"
          title="On: only what was known at that time. Off: with all that was learned later."
        >
          <input
            type="checkbox"
            checked={store.asKnown.value}
            onChange={(e) => {
              store.asKnown.value = e.currentTarget.checked;
            }}
          />
          as known then
        </label>
        {live && !store.following.value && (
          <button
            type="button"
            class="button small"
            onClick={() => {
              store.following.value = true;
              store.at.value = status!.event_t;
            }}
          >
            Back to live
          </button>
        )}
      </div>
      <div class="track-bar">
        {episode && (
          <>
            <Strip line={store.timeline.value} from={episode.from} to={episode.to} at={at} />
            <input
              type="range"
              class="slider"
              aria-label="Event time"
              aria-valuetext={`${day(at)} ${clockSeconds(at)}`}
              min={Math.floor(episode.from / MINUTE)}
              max={Math.ceil(episode.to / MINUTE)}
              step={1}
              value={Math.round(at / MINUTE)}
              onInput={(e) => seek(store, Math.min(Number(e.currentTarget.value) * MINUTE, episode.to))}
            />
          </>
        )}
      </div>
    </section>
  );
}
