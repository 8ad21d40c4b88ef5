/** The work on an alert: its phase, the list of what is asked each time, calls, promises with their time, the unit. */

import { useState } from "preact/hooks";
import { Checklist, useChecklist } from "../desk/checklist";
import { work as act, actorOf } from "../live/actions";
import type { Store } from "../live/store";
import type { Alert, Work } from "../model/nouns";
import { clock, span, words } from "../ui/format";
import { Section } from "../ui/parts";

export const PHASES = [
  "detect",
  "verify",
  "challenge",
  "order",
  "dispatch",
  "stopped",
  "preserve",
  "release",
] as const;

const WORTH = { satisfying: "satisfying", unsatisfying: "not satisfying", none: "no answer" } as const;
const MINUTE = 60_000;

function Phases({ work, onPhase }: { work: Work | undefined; onPhase(phase: string): void }) {
  const now = PHASES.indexOf(work?.phase ?? "detect");
  return (
    <ol class="phases" aria-label="Phases of the incident">
      {PHASES.map((phase, k) => {
        const step = work?.steps?.filter((s) => s.phase === phase).at(-1);
        return (
          <li key={phase}>
            <button
              type="button"
              class={k === now ? "chosen" : k < now ? "past" : ""}
              aria-current={k === now ? "step" : undefined}
              title={step ? `${step.actor}, ${clock(step.t)}` : undefined}
              onClick={() => onPhase(phase)}
            >
              {words(phase)}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** What is promised, and how long that still is; overdue ones cannot be overlooked. */
export function Promises({
  promises,
  at,
  onKeep,
}: {
  promises: NonNullable<Work["promises"]>;
  at: number;
  onKeep?(id: string): void;
}) {
  return (
    <ul class="promises">
      {promises.map((p) => {
        const late = !p.kept_t && at >= p.due_t;
        return (
          <li key={p.id} class={late ? "late" : p.kept_t ? "kept" : ""}>
            <span>
              {p.text} by <time class="num">{clock(p.due_t)}</time>{" "}
              <strong>
                {p.kept_t
                  ? `kept ${clock(p.kept_t)}`
                  : late
                    ? `OVERDUE by ${span(at - p.due_t)}`
                    : `in ${span(p.due_t - at)}`}
              </strong>
            </span>
            {!p.kept_t && onKeep && (
              <button type="button" class="button small" onClick={() => onKeep(p.id)}>
                Kept
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function CallForm({ store, alert }: { store: Store; alert: Alert }) {
  const [whom, setWhom] = useState("the bridge");
  const [answer, setAnswer] = useState("");
  const [kind, setKind] = useState<keyof typeof WORTH>("none");
  const [promise, setPromise] = useState("");
  const [minutes, setMinutes] = useState("10");
  async function submit(event: Event) {
    event.preventDefault();
    const called = await act(store, alert, "call", { whom: whom.trim(), text: answer.trim(), kind });
    if (!called) return;
    const due = Math.round(store.at.value + Number(minutes) * MINUTE);
    if (promise.trim() && Number.isFinite(due))
      await act(store, alert, "promise", { text: promise.trim(), due_t: due });
    setAnswer("");
    setPromise("");
    setKind("none");
  }
  return (
    <form class="form" onSubmit={submit} aria-label="Record a call">
      <label>
        Called
        <input value={whom} required maxLength={200} onInput={(e) => setWhom(e.currentTarget.value)} />
      </label>
      <label>
        The exact answer
        <textarea rows={2} value={answer} onInput={(e) => setAnswer(e.currentTarget.value)} />
      </label>
      <label>
        It was
        <select value={kind} onChange={(e) => setKind(e.currentTarget.value as keyof typeof WORTH)}>
          {Object.entries(WORTH).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Promised, if anything</legend>
        <label>
          What
          <input
            value={promise}
            placeholder="revolutions reported"
            onInput={(e) => setPromise(e.currentTarget.value)}
          />
        </label>
        <label>
          In how many min
          <input
            value={minutes}
            inputMode="numeric"
            class="num"
            onInput={(e) => setMinutes(e.currentTarget.value)}
          />
        </label>
      </fieldset>
      <p class="quiet">A satisfying answer is weak evidence: it lowers nothing by itself.</p>
      <button type="submit" class="button small primary">
        Record the call
      </button>
    </form>
  );
}

export function WorkSection({ store, alert }: { store: Store; alert: Alert }) {
  const desk = store.desk.value;
  const work = desk?.works[alert.id];
  const at = store.at.value;
  const open = alert.state !== "closed" && alert.state !== "retracted";
  const late = desk?.escalated.includes(alert.id);
  const list = useChecklist(store, alert.id);
  const ticks = [...(list?.phases.flatMap((p) => p.points) ?? [])].filter((point) => point.by && point.t);
  const entries = [
    ...(work?.comments ?? []).map((c) => ({ t: c.t, actor: c.actor, text: c.text })),
    ...(work?.calls ?? []).map((c) => ({
      t: c.t,
      actor: c.actor,
      text: `called ${c.whom}: ${c.answer ? `“${c.answer}”` : "no words"} (${WORTH[c.kind ?? "none"]})`,
    })),
    ...(work?.steps ?? []).map((s) => ({ t: s.t, actor: s.actor, text: `phase: ${words(s.phase)}` })),
    ...ticks.map((tick) => ({ t: tick.t!, actor: tick.by, text: `✓ ${tick.text}` })),
  ].sort((a, b) => a.t - b.t);
  return (
    <Section
      title="Work"
      aside={
        <span class="quiet">
          {work?.acknowledged_by ? `seen by ${work.acknowledged_by}` : "nobody has acknowledged"}
          {work?.assigned_to ? `, with ${work.assigned_to}` : ""}
        </span>
      }
    >
      {late && open && (
        <p class="trouble" role="alert">
          {work?.escalated_to ? `Escalated to ${work.escalated_to}` : "Nobody acknowledged in time: escalate"}
        </p>
      )}
      <Phases work={work} onPhase={(phase) => open && act(store, alert, "phase", { phase })} />
      {!!work?.promises?.length && (
        <Promises
          promises={work.promises}
          at={at}
          onKeep={open ? (id) => act(store, alert, "keep", { id }) : undefined}
        />
      )}
      <Checklist store={store} alert={alert} list={list} phase={work?.phase ?? "detect"} open={open} />
      {open && (
        <div class="row wrap">
          <button
            type="button"
            class="button small"
            onClick={() => act(store, alert, "assign", { to: actorOf(store) })}
          >
            Take it myself
          </button>
          <button
            type="button"
            class="button small"
            aria-pressed={!!work?.hold}
            title="Nothing behind this alert may be forgotten"
            onClick={() => act(store, alert, "hold", { on: !work?.hold })}
          >
            {work?.hold ? "Legal hold is on" : "Legal hold"}
          </button>
        </div>
      )}
      {open && (
        <details class="fold">
          <summary>Record a call</summary>
          <CallForm store={store} alert={alert} />
        </details>
      )}
      {!!entries.length && (
        <ol class="running-log" aria-label="Running log">
          {entries.map((entry) => (
            <li key={`${entry.t}${entry.text}`}>
              <time class="num">{clock(entry.t)}</time> <strong>{entry.actor}</strong> {entry.text}
            </li>
          ))}
        </ol>
      )}
      {work?.unit && <p>Unit: {work.unit}</p>}
    </Section>
  );
}
