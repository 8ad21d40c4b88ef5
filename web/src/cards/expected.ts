/** What speed was expected of her: from a finding's onset on, what it was held against, not what she does since. */

import type { Maybe, TrackColumns } from "../model/answers";
import type { Finding } from "../model/nouns";

/**
 * The track with its expected band held still over each finding that measured `expected_speed`. A running
 * expectation follows a slow ship down within the hour, and would show a long drag as ordinary.
 */
export function heldExpectation(track: TrackColumns, findings: Finding[]): TrackColumns {
  const held = findings
    .filter((finding) => finding.state !== "retracted")
    .map((finding) => ({
      from: finding.start_t,
      to: finding.end_t ?? Number.POSITIVE_INFINITY,
      speed: finding.measured?.find((m) => m.name === "expected_speed"),
    }))
    .filter((h) => h.speed?.value != null);
  if (!held.length) return track;
  const at = (t: number) => held.find((h) => t >= h.from && t <= h.to)?.speed;
  const column = (own: Maybe[], of: "value" | "sigma") =>
    own.map((v, i): Maybe => {
      const speed = at(track.t[i]!);
      return speed ? (speed[of] ?? null) : v;
    });
  return {
    ...track,
    expected_sog_kn: column(track.expected_sog_kn, "value"),
    expected_sigma_kn: column(track.expected_sigma_kn, "sigma"),
  };
}
