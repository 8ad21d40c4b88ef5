/** Every key of the page. */

const KEYS: [string, string][] = [
  ["j  k", "Next, previous case"],
  ["Enter", "Open what is chosen"],
  ["a", "Acknowledge, all of a case"],
  ["c", "Comment"],
  ["s", "Silence until a time; again to undo"],
  ["e", "Escalate"],
  ["x", "Close with an outcome"],
  ["g", "Go to it on the map"],
  ["f", "Declare a fault"],
  ["p", "Set the posture"],
  ["h", "Hand over, or take, the watch"],
  ["d", "Begin or end a drill; past drills"],
  ["i", "What comes in: every feed"],
  ["n", "Who is told outside this page; a test for each"],
  ["l", "Map layers: the server's, and files of your own"],
  ["/", "Search ships by name, MMSI, IMO, call sign; assets"],
  ["Space", "Play or pause"],
  ["[  ]", "Slower, faster"],
  ["←  →", "A minute back, on (with Shift ten)"],
  ["t", "Dark or light"],
  ["Esc", "Close the drawer or this list"],
  ["?", "This list"],
];

export function Help({ onClose }: { onClose(): void }) {
  return (
    <div class="help">
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([key, means]) => (
          <div key={key}>
            <dt>
              {key.split("  ").map((k) => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        On the map: arrow keys move it, + and − zoom, once it has the focus. Everything on the map is also in
        the queue and in the search.
      </p>
      <button type="button" class="button" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
