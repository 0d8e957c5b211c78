// The address: the settings of what is played with, and what a teacher hides.

import type { Settings } from "./engine";

export interface Address { token: string | null; hidden: Set<string>; settings: Partial<Settings> | null }

/** `data.name=moons&layers=[…]&hide=plan,doctor`: parts of the data by themselves, all else as JSON. */
export function read(hash: string): Address {
  const found: Record<string, unknown> = {}, data: Record<string, unknown> = {};
  let token: string | null = null, hidden = new Set<string>();
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (key === "token") token = text;
    else if (key === "hide") hidden = new Set(text.split(",").filter(Boolean));
    else if (key.startsWith("data.")) data[key.slice(5)] = plain(text);
    else found[key] = plain(text);
  }
  if (Object.keys(data).length) found.data = data;
  return { token, hidden, settings: Object.keys(found).length ? (found as Partial<Settings>) : null };
}

export function written(settings: Settings, hidden: Set<string>): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(settings.data)) pairs.set(`data.${key}`, text(value));
  for (const [key, value] of Object.entries(settings)) if (key !== "data") pairs.set(key, text(value));
  if (hidden.size) pairs.set("hide", [...hidden].join(","));
  return `#${pairs}`;
}

const text = (value: unknown): string => (typeof value === "string" && plain(value) === value ? value : JSON.stringify(value));

function plain(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
