/** The server's event stream: its clock, changed alerts, changed status. The browser reconnects by itself. */

import type { Loader } from "./loader";
import { reached, type Store } from "./store";

export function startStream(store: Store, loader: Loader): () => void {
  if (typeof EventSource === "undefined") return () => undefined;
  const source = new EventSource(store.api.streamUrl);
  source.addEventListener("clock", (event) => {
    const { event_t } = JSON.parse((event as MessageEvent<string>).data) as { event_t: number };
    const status = store.status.peek();
    if (status && event_t !== status.event_t) {
      store.status.value = {
        ...status,
        event_t,
        range: [status.range[0], Math.max(status.range[1], event_t)],
      };
    }
    if (store.following.peek() && event_t) store.at.value = event_t;
  });
  source.addEventListener("alert", () => {
    loader.alerts();
    loader.desk();
  });
  source.addEventListener("desk", () => {
    loader.desk();
    loader.alerts();
  });
  source.addEventListener("fault", () => loader.faults());
  source.addEventListener("status", () => loader.status());
  source.addEventListener("open", () => {
    reached(store, "stream", true);
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.OPEN) reached(store, "stream", false);
  });
  return () => source.close();
}
