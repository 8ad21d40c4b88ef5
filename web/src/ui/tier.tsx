/** A tier is a shape, a word and a colour: any one of the three tells it. */

import type { Tier } from "../model/nouns";

const SHAPES: Record<Tier, string> = {
  notice: "M8 3.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z",
  look: "M8 1.5 14.5 8 8 14.5 1.5 8z",
  challenge: "M8 1.5 15 14H1z",
  act: "M5.2 1.5h5.600L14.500 5.200v5.600L10.800 14.500H5.200L1.500 10.800V5.200z",
};

export const TIER_WORDS: Record<Tier, string> = {
  notice: "Notice",
  look: "Look",
  challenge: "Challenge",
  act: "Act",
};

export const TIER_MEANS: Record<Tier, string> = {
  notice: "Kept in mind; nobody needs to do anything.",
  look: "Open the card, look at the track, decide.",
  challenge: "Call the ship by radio within 10 minutes.",
  act: "Call the commander and the asset's owner, task a unit.",
};

export function TierSign({ tier, size = 16 }: { tier: Tier; size?: number }) {
  const hollow = tier === "notice";
  return (
    <svg class={`tier-sign tier-${tier}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={SHAPES[tier]}
        fill={hollow ? "none" : "currentColor"}
        stroke="currentColor"
        stroke-width={hollow ? 1.5 : 0}
      />
    </svg>
  );
}

export function TierWord({ tier }: { tier: Tier }) {
  return (
    <span class={`tier-word tier-${tier}`}>
      <TierSign tier={tier} />
      {TIER_WORDS[tier]}
    </span>
  );
}
