/** Who is told outside the page: recipients with a test button each, and what became of the latest messages. */

import { useEffect, useState } from "preact/hooks";
import { actorOf } from "../live/actions";
import type { Store } from "../live/store";
import { stamp } from "../ui/format";
import { ask, sentence } from "./ask";
import { NameField } from "./name";
import "./desk.css";

interface Recipient {
  name: string;
  ways: number;
  tiers: string[];
  assets: string[];
  hours: string;
}

interface Message {
  key: string;
  person: string;
  /** Seconds since 1970, the machine's clock. */
  made: number;
  tries: number;
  sent: number | null;
  failed: string;
}

interface Notices {
  recipients: Recipient[];
  log: Message[];
}

const SHOWN = 12;
const AGAIN_MS = 3_000;

/** What a person is told of, in words. */
export function wants(person: Recipient): string {
  const assets = person.assets.length ? person.assets.join(", ") : "every asset";
  const hours = person.hours ? `, ${person.hours} UTC` : "";
  const ways = `${person.ways} ${person.ways === 1 ? "way" : "ways"}`;
  return `${person.tiers.join(", ")}; ${assets}${hours}; ${ways}`;
}

/** What became of a message, in words. */
export function fate(message: Message): string {
  if (message.sent !== null) return message.tries > 1 ? `sent at try ${message.tries}` : "sent";
  if (message.failed)
    return `not taken, ${message.tries} ${message.tries === 1 ? "try" : "tries"}: ${message.failed}`;
  return "waiting";
}

export function ToldForm({ store, onDone }: { store: Store; onDone(): void }) {
  const [known, setKnown] = useState<Notices | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = () =>
    ask<Notices>("/api/notify").then(
      (got) => {
        setKnown(got);
        setTrouble("");
      },
      (cause) => setTrouble(sentence(cause)),
    );
  useEffect(() => {
    void load();
    const timer = setInterval(load, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  async function test(name: string) {
    try {
      await ask(`/api/notify/${encodeURIComponent(name)}/test`, { actor: actorOf(store) });
      store.note.value = `A test is on its way to ${name}`;
      await load();
    } catch (cause) {
      setTrouble(sentence(cause));
    }
  }
  return (
    <div class="form">
      <h2>Who is told outside this page</h2>
      {trouble && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      {known && !known.recipients.length && (
        <p>
          Nobody: the server was started without <code>--notify</code>. Whoever must be called is called by
          the watch.
        </p>
      )}
      {!!known?.recipients.length && (
        <>
          <ul class="plain told">
            {known.recipients.map((person) => (
              <li key={person.name} class="row">
                <span class="grow">
                  <strong>{person.name}</strong> <span class="quiet">{wants(person)}</span>
                </span>
                <button type="button" class="button small" onClick={() => test(person.name)}>
                  Test<span class="sr-only"> the ways to {person.name}</span>
                </button>
              </li>
            ))}
          </ul>
          <NameField store={store} />
          <h3>Latest messages</h3>
          {known.log.length ? (
            <div class="scroll">
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">Made</th>
                    <th scope="col">To</th>
                    <th scope="col">What became of it</th>
                  </tr>
                </thead>
                <tbody>
                  {known.log.slice(0, SHOWN).map((message) => (
                    <tr key={message.key}>
                      <td class="num">{stamp(message.made * 1000)}</td>
                      <th scope="row">{message.person}</th>
                      <td>{fate(message)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <p class="quiet">None yet.</p>
          )}
        </>
      )}
      <button type="button" class="button" onClick={onDone}>
        Close
      </button>
    </div>
  );
}
