/** Asks for a name where nobody is signed in. */

import type { Store } from "../live/store";
import { keep } from "../ui/theme";

export function NameField({ store }: { store: Store }) {
  if (store.me.value?.name)
    return (
      <p class="quiet">
        As <strong>{store.me.value.name}</strong>.
      </p>
    );
  return (
    <label>
      Your name
      <input
        value={store.actor.value}
        placeholder="watch officer"
        autocomplete="name"
        onInput={(e) => {
          store.actor.value = e.currentTarget.value;
          keep("seawarden.actor", e.currentTarget.value.trim());
        }}
      />
    </label>
  );
}
