/** How well a drag that begins now would be seen on one ship: in one line, with what lowers it. */

import type { ShipSeen } from "../model/answers";
import { frequency, sentence } from "../ui/format";
import "../queue/seen.css";

export function SeenOnHer({ seen }: { seen: ShipSeen | null }) {
  if (!seen) return null;
  const look = seen.chances["30 % in 15 min, look"];
  const small = seen.chances["15 % in 30 min, noticed"];
  const turned = seen.angled["30 % in 15 min, noticed"];
  const told = (chance: number) => (chance > 0 ? frequency(chance) : "no");
  const more = [
    look == null ? "" : `Enough for a look by itself: ${told(look)}`,
    small == null ? "" : `of 15 % within 30 min: ${told(small)}`,
    turned == null ? "" : `if it turns her off her course: ${told(turned)}`,
  ].filter(Boolean);
  return (
    <div class={`seen-ship${seen.how === "hardly" ? " blind" : ""}`} data-seen={seen.how}>
      <p>{sentence(seen.line)}</p>
      <p class="quiet num">{more.join(" · ")}</p>
    </div>
  );
}
