/** The form of a fault: which asset, which KPs, since when. As little as a person under stress can be asked. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { FaultDeclaration } from "../live/api";
import type { AssetCollection } from "../model/answers";
import { fromInput, toInput, words } from "../ui/format";

export interface FaultFormProps {
  assets: AssetCollection | null;
  asset?: string;
  at: number;
  actor: string;
  onActor(name: string): void;
  onDeclare(declaration: FaultDeclaration): Promise<void>;
}

const HOUR = 3_600_000;

/** The declaration that the fields make, or the sentence that says what is wrong with them. */
export function declaration(fields: {
  asset: string;
  kpFrom: string;
  kpTo: string;
  from: string;
  to: string;
  note: string;
  actor: string;
}): FaultDeclaration | string {
  if (!fields.asset) return "Choose the asset that failed.";
  const from = fromInput(fields.from);
  const to = fields.to ? fromInput(fields.to) : null;
  if (from == null) return "Give the earliest time at which it may have happened, as 2024-12-25 10:28.";
  if (fields.to && to == null) return "The latest time is not a time: write it as 2024-12-25 10:28.";
  if (to != null && to < from) return "The latest time lies before the earliest.";
  const kp = (text: string) => (text.trim() === "" ? undefined : Number(text.replace(",", ".")));
  const [kpFrom, kpTo] = [kp(fields.kpFrom), kp(fields.kpTo)];
  if ([kpFrom, kpTo].some((v) => v !== undefined && (!Number.isFinite(v) || v < 0)))
    return "A KP is a number of km from 0, or empty.";
  if (kpFrom !== undefined && kpTo !== undefined && kpTo < kpFrom)
    return "The second KP is smaller than the first.";
  return {
    asset: fields.asset,
    kp_from_km: kpFrom,
    kp_to_km: kpTo,
    from_t: from,
    to_t: to ?? undefined,
    note: fields.note.trim() || undefined,
    actor: fields.actor.trim() || "operator",
  };
}

export function FaultForm({ assets, asset, at, actor, onActor, onDeclare }: FaultFormProps) {
  const first = useRef<HTMLSelectElement>(null);
  const [fields, setFields] = useState({
    asset: asset ?? "",
    kpFrom: "",
    kpTo: "",
    from: toInput(at - 2 * HOUR),
    to: toInput(at),
    note: "",
    actor,
  });
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => first.current?.focus(), []);
  const put = (name: keyof typeof fields) => (event: Event) =>
    setFields({ ...fields, [name]: (event.currentTarget as HTMLInputElement).value });
  const choices = [...(assets?.features ?? [])]
    .map((f) => f.properties)
    .sort((a, b) => a.name.localeCompare(b.name));

  async function submit(event: Event) {
    event.preventDefault();
    const made = declaration(fields);
    if (typeof made === "string") {
      setTrouble(made);
      return;
    }
    setBusy(true);
    setTrouble("");
    onActor(made.actor ?? "");
    try {
      await onDeclare(made);
    } catch (cause) {
      setTrouble(cause instanceof Error ? cause.message : "The fault was not recorded");
      setBusy(false);
    }
  }

  return (
    <form class="form" aria-label="Declare a fault" onSubmit={submit}>
      <p class="quiet">
        Ranks every ship near in place and time within seconds, and lowers the thresholds near the asset, in
        sight of all. It can be cleared again.
      </p>
      <label>
        Asset
        <select ref={first} name="asset" value={fields.asset} onChange={put("asset")} required>
          <option value="">Choose …</option>
          {choices.map((a) => (
            <option key={a.id} value={a.id}>
              {a.name} ({words(a.kind)})
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Between which KPs, if known</legend>
        <label>
          From, km
          <input
            name="kp_from"
            inputMode="decimal"
            value={fields.kpFrom}
            onInput={put("kpFrom")}
            placeholder="start"
          />
        </label>
        <label>
          To, km
          <input
            name="kp_to"
            inputMode="decimal"
            value={fields.kpTo}
            onInput={put("kpTo")}
            placeholder="end"
          />
        </label>
      </fieldset>
      <fieldset>
        <legend>When may it have happened, UTC</legend>
        <label>
          Earliest
          <input
            name="from"
            class="num"
            value={fields.from}
            onInput={put("from")}
            placeholder="2024-12-25 10:28"
            required
          />
        </label>
        <label>
          Latest
          <input name="to" class="num" value={fields.to} onInput={put("to")} placeholder="still going on" />
        </label>
      </fieldset>
      <label>
        Note
        <textarea
          name="note"
          rows={2}
          value={fields.note}
          onInput={put("note")}
          placeholder="Who told you, what they saw"
        />
      </label>
      <label>
        Your name
        <input
          name="actor"
          value={fields.actor}
          onInput={put("actor")}
          placeholder="watch officer"
          autocomplete="name"
        />
      </label>
      {trouble && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      <button type="submit" class="button danger" disabled={busy}>
        {busy ? "Ranking …" : "Declare fault and rank ships"}
      </button>
    </form>
  );
}
