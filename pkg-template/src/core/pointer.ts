// Where in a document a byte is: a JSON Pointer, and line and column. Only asked when something is wrong
// there.
//
// Twin of src/json/pointer.rs; tests/unit/core/pointer.test.mjs holds them equal.

const [LINE_END, QUOTE, COMMA, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [
  10, 34, 44, 91, 92, 93, 123, 125,
];

/**
 * Byte by byte: an expression that searches strings of any length may run out of stack.
 * @param offset where the value or the key begins that is pointed at
 */
export function pointerTo(bytes: Uint8Array, offset: number): { path: string; line: number; column: number } {
  const before = bytes.subarray(0, offset);
  const path: (string | number)[] = [];
  for (let at = 0; at < before.length; at += 1) {
    const last = path.at(-1);
    const byte = before[at];
    if (byte === OPEN || byte === OPEN_LIST) path.push(byte === OPEN ? "" : 0);
    else if (byte === CLOSE || byte === CLOSE_LIST) path.pop();
    else if (byte === COMMA) path.splice(-1, 1, typeof last === "number" ? last + 1 : "");
    else if (byte === QUOTE) {
      const start = at;
      for (at += 1; at < before.length && before[at] !== QUOTE; at += 1)
        if (before[at] === BACKSLASH) at += 1;
      if (last === "") path.splice(-1, 1, decoder.decode(before.subarray(start, at + 1)));
    }
  }
  // A key that has not been read yet is the one that is pointed at.
  if (path.at(-1) === "") path.splice(-1, 1, keyAt(bytes, offset));
  return {
    path: pointerOf(path.map((key) => (typeof key === "number" ? key : nameIn(key)))),
    ...placeIn(before),
  };
}

/** A JSON Pointer of keys and positions. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((key) => `/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}

/** Line and column behind some text. */
export function placeIn(before: Uint8Array): { line: number; column: number } {
  let [line, column] = [1, 1];
  for (const byte of before) {
    if (byte === LINE_END) [line, column] = [line + 1, 1];
    // What continues a character is none of its own.
    else if ((byte & 0xc0) !== 0x80) column += 1;
  }
  return { line, column };
}

const decoder = new TextDecoder();

function keyAt(bytes: Uint8Array, offset: number): string {
  const [key = '""'] =
    /^\s*"(?:[^"\\]|\\.)*"/.exec(decoder.decode(bytes.subarray(offset, offset + 2048))) ?? [];
  return key.trim();
}

/** The name that a key is, with its quotes. */
function nameIn(key: string): string {
  try {
    return JSON.parse(key) as string;
  } catch {
    return key.slice(1, -1); // cut off, or ill-formed: as it stands
  }
}
