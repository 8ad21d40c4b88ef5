/** One click: the evidence pack of an alert or a fault, saved where the browser saves, and noted in the ledger. */

import { useState } from "preact/hooks";
import { acting, actorOf } from "../live/actions";
import { ApiError } from "../live/api";
import type { Store } from "../live/store";
import { sentence } from "./ask";

export async function fetchPack(store: Store, kind: "alerts" | "faults", id: string): Promise<string> {
  const response = await fetch(`/api/${kind}/${encodeURIComponent(id)}/evidence`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ actor: actorOf(store), ...acting(store) }),
  }).catch(() => {
    throw new ApiError("The server does not answer", 0);
  });
  if (!response.ok) {
    const told = await response.json().catch(() => null);
    throw new ApiError(told?.detail ?? `The server answered ${response.status}`, response.status);
  }
  const fingerprint = response.headers.get("x-seawarden-fingerprint") ?? "";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `evidence-${id}-${fingerprint.slice(0, 8)}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return fingerprint;
}

export function EvidenceButton({ store, kind, id }: { store: Store; kind: "alerts" | "faults"; id: string }) {
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      class="button small"
      disabled={busy}
      title="All that was seen, said and done about this, with hashes, as one zip"
      onClick={async () => {
        setBusy(true);
        try {
          const mark = await fetchPack(store, kind, id);
          store.note.value = `Evidence pack saved, fingerprint ${mark.slice(0, 16)}: recorded in the ledger`;
        } catch (cause) {
          store.note.value = `No evidence pack: ${sentence(cause)}`;
        } finally {
          setBusy(false);
        }
      }}
    >
      {busy ? "Packing …" : "Evidence pack"}
    </button>
  );
}
