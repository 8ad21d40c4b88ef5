/** Dark or light: the reader's choice is kept on this machine; without one the system's is taken. */

import { type Signal, signal } from "@preact/signals";
import { type ThemeName, type Tokens, themes } from "./tokens";

const KEY = "seawarden.theme";

export interface Theme {
  name: Signal<ThemeName>;
  tokens(): Tokens;
  toggle(): void;
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // a browser that keeps nothing still shows everything
  }
}

export const recall = stored;

export function applyTokens(
  tokens: Tokens,
  name: ThemeName,
  root: HTMLElement = document.documentElement,
): void {
  root.dataset.theme = name;
  root.style.colorScheme = name;
  for (const [key, value] of Object.entries(tokens)) {
    root.style.setProperty(`--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, value);
  }
}

export function createTheme(): Theme {
  const wanted = new URLSearchParams(location.search).get("theme") ?? stored(KEY);
  const system = matchMedia?.("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const name = signal<ThemeName>(wanted === "light" || wanted === "dark" ? wanted : system);
  applyTokens(themes[name.value], name.value);
  return {
    name,
    tokens: () => themes[name.value],
    toggle() {
      name.value = name.value === "dark" ? "light" : "dark";
      keep(KEY, name.value);
      applyTokens(themes[name.value], name.value);
    },
  };
}
