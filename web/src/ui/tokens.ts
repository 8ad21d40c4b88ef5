/**
 * Every colour of the page, dark and light, in one place. Blue, amber and magenta families only: told apart by
 * readers with any colour vision. test/tokens.test.ts holds each pair of text and ground to WCAG AA.
 */

export interface Tokens {
  ground: string; // behind everything
  panel: string; // bars, queue, drawer
  raised: string; // cards, fields
  pressed: string; // under the finger, chosen
  line: string; // hairlines between things
  edge: string; // borders of controls: 3 to 1
  text: string;
  quiet: string; // second voice
  accent: string; // the one accent of selection
  onAccent: string;
  notice: string;
  look: string;
  challenge: string;
  act: string;
  onTier: string; // words on a filled tier sign
  alarm: string; // NOT WATCHING
  onAlarm: string;
  simulated: string;
  deep: string; // the deepest shading of the sea
  sea: string;
  shallow: string;
  land: string;
  coast: string;
  ship: string;
  shipEdge: string;
  label: string;
  labelHalo: string;
  telecom: string;
  power: string;
  gas: string;
  other: string;
  band: string; // the expected band on charts
  shadow: string;
}

export const dark: Tokens = {
  ground: "#0e161c",
  panel: "#131d25",
  raised: "#1a2731",
  pressed: "#22333f",
  line: "#263642",
  edge: "#6c8294",
  text: "#e4ebf0",
  quiet: "#a3b4c0",
  accent: "#7cc0f2",
  onAccent: "#07202f",
  notice: "#a3b4c0",
  look: "#7fb2ea",
  challenge: "#f0b04a",
  act: "#f08ad0",
  onTier: "#14161c",
  alarm: "#f08ad0",
  onAlarm: "#240a1c",
  simulated: "#c9b8f5",
  deep: "#121d26",
  sea: "#17242e",
  shallow: "#21333f",
  land: "#2a3339",
  coast: "#43515a",
  ship: "#b5c3cd",
  shipEdge: "#0e161c",
  label: "#c3d0d9",
  labelHalo: "#15212a",
  telecom: "#7fb3c4",
  power: "#c4ac78",
  gas: "#b897bd",
  other: "#96a5af",
  band: "#7cc0f2",
  shadow: "rgb(0 0 0 / 0.4)",
};

export const light: Tokens = {
  ground: "#e9eef1",
  panel: "#f7f9fa",
  raised: "#ffffff",
  pressed: "#e2ebf2",
  line: "#d3dce2",
  edge: "#72848f",
  text: "#16232c",
  quiet: "#4b5d69",
  accent: "#0f64a3",
  onAccent: "#ffffff",
  notice: "#52646f",
  look: "#1f5fae",
  challenge: "#8f5600",
  act: "#a8197a",
  onTier: "#ffffff",
  alarm: "#a8197a",
  onAlarm: "#ffffff",
  simulated: "#5b41a8",
  deep: "#b2c5d2",
  sea: "#c3d2dc",
  shallow: "#d3dfe6",
  land: "#eeece6",
  coast: "#a4adb0",
  ship: "#3c4d59",
  shipEdge: "#f7f9fa",
  label: "#2c3c47",
  labelHalo: "#eef2f4",
  telecom: "#2d6f85",
  power: "#7d6020",
  gas: "#7c4a85",
  other: "#56656f",
  band: "#0f64a3",
  shadow: "rgb(30 45 60 / 0.18)",
};

export type ThemeName = "dark" | "light";
export const themes: Record<ThemeName, Tokens> = { dark, light };

/** Ground and what stands on it: `text` pairs need 4.5 to 1, `sign` pairs 3 to 1 (WCAG 2.2 AA). */
export const PAIRS: { on: (keyof Tokens)[]; text: (keyof Tokens)[]; sign: (keyof Tokens)[] }[] = [
  {
    on: ["panel", "raised", "pressed"],
    text: ["text", "quiet", "accent", "notice", "look", "challenge", "act", "simulated"],
    sign: ["edge", "telecom", "power", "gas", "other", "band"],
  },
  { on: ["accent"], text: ["onAccent"], sign: [] },
  { on: ["look", "challenge", "act", "notice"], text: ["onTier"], sign: [] },
  { on: ["alarm"], text: ["onAlarm"], sign: [] },
  {
    on: ["deep", "sea", "shallow", "land"],
    text: ["label"],
    sign: ["ship", "telecom", "power", "gas", "accent", "challenge", "act", "look"],
  },
  { on: ["labelHalo"], text: ["label"], sign: [] },
];

/** WCAG contrast of two #rrggbb colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, bl] = rgb(hex).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [
      number,
      number,
      number,
    ];
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

/** #rrggbb to three numbers 0..1. */
export function rgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}
