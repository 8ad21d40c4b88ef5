/** What this watch is blind to, beside every quiet screen. */

export function CannotSee({ items, quiet }: { items: string[]; quiet: boolean }) {
  if (!items.length) return null;
  return (
    <details class="cannot-see" open={quiet}>
      <summary>Cannot see</summary>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </details>
  );
}
