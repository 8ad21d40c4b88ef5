/** Who is at the page: signing in where there are accounts. The sound is tested here, since a browser asks for a touch. */

import { useState } from "preact/hooks";
import { ApiError } from "../live/api";
import { askNotices } from "../live/notices";
import { chime } from "../live/sound";
import type { Store } from "../live/store";

export function SignIn({ store, onDone }: { store: Store; onDone(): void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setTrouble("");
    try {
      store.me.value = await store.api.signIn(name.trim(), password);
      store.sound.value = chime();
      askNotices();
      onDone();
    } catch (cause) {
      setTrouble(cause instanceof ApiError ? cause.message : "The page failed");
    }
    setBusy(false);
  }
  return (
    <main class="signin">
      <form class="form" onSubmit={submit} aria-label="Sign in">
        <h1>Seawarden</h1>
        <label>
          Name
          <input
            value={name}
            required
            autofocus
            autocomplete="username"
            onInput={(e) => setName(e.currentTarget.value)}
          />
        </label>
        <label>
          Password
          <input
            type="password"
            value={password}
            required
            autocomplete="current-password"
            onInput={(e) => setPassword(e.currentTarget.value)}
          />
        </label>
        {trouble && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? "Signing in …" : "Sign in"}
        </button>
        <p class="quiet">You will hear the alarm once, so that you know it works. A sign-in lasts a shift.</p>
      </form>
    </main>
  );
}
