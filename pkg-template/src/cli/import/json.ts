// JSON as people write it: what fits on a line stands on one.

const WIDTH = 100;

export function jsonText(value: unknown): string {
  return `${written(value, "", 0)}\n`;
}

/** @param before how much of the line is taken */
function written(value: unknown, indent: string, before: number): string {
  const parts = partsOf(value);
  const flat = flatOf(value);
  if (parts.length === 0 || before + indent.length + flat.length <= WIDTH) return flat;
  const inner = `${indent}  `;
  const lines = parts.map(([key, one]) => `${inner}${key}${written(one, inner, key.length + 1)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

/** Elements, and values with their keys. */
function partsOf(value: unknown): (readonly [key: string, value: unknown])[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.map((one) => ["", one] as const);
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => [`${JSON.stringify(key)}: `, one] as const);
}

function flatOf(value: unknown): string {
  const text = JSON.stringify(value);
  if (typeof value !== "object" || value === null || text.length > WIDTH) return text;
  const parts = partsOf(value).map(([key, one]) => key + flatOf(one));
  if (parts.length === 0) return text;
  return Array.isArray(value) ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
}
