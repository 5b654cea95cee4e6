// Where in a document a byte is: a JSON Pointer, and line and column. Only asked when something is wrong there.

/** @param offset where the value or the key begins that is pointed at */
export function pointerTo(bytes: Uint8Array, offset: number): { path: string; line: number; column: number } {
  const text = new TextDecoder().decode(bytes.subarray(0, Math.min(offset, bytes.length)));
  const lines = text.split("\n");
  const path: (string | number)[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],]/gs)) {
    const last = path.at(-1);
    if (token === "{" || token === "[") path.push(token === "[" ? 0 : "");
    else if (token === "}" || token === "]") path.pop();
    else if (token === ",") path.splice(-1, 1, typeof last === "number" ? last + 1 : "");
    else if (last === "") path.splice(-1, 1, token);
  }
  // A key that has not been read yet is the one that is pointed at.
  if (path.at(-1) === "") path.splice(-1, 1, keyAt(bytes, offset));
  return { path: path.map((key) => `/${typeof key === "number" ? key : escaped(key)}`).join(""), line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}

function keyAt(bytes: Uint8Array, offset: number): string {
  const [key = '""'] = /^\s*"(?:[^"\\]|\\.)*"/.exec(new TextDecoder().decode(bytes.subarray(offset, offset + 2048))) ?? [];
  return key.trim();
}

function escaped(key: string): string {
  let name = key.slice(1, -1);
  try {
    name = JSON.parse(key) as string;
  } catch {
    // Cut off, or ill-formed: as it stands.
  }
  return name.replace(/~/g, "~0").replace(/\//g, "~1");
}
