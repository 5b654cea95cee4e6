// Text in the columns of a terminal, where some characters are two columns wide and some none.

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const NOTHING = /^[\p{Mark}\p{Cf}]+$/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;

const graphemes = (text) => Array.from(segmenter.segment(text), ({ segment }) => segment);
const widthOf = (grapheme) => (NOTHING.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1);

/** How many columns a text takes. */
export function width(text) {
  return graphemes(text).reduce((sum, grapheme) => sum + widthOf(grapheme), 0);
}

/** The text in exactly so many columns: filled with spaces, or cut with an ellipsis. */
export function fit(text, columns) {
  const cut = truncate(text, columns);
  return cut + " ".repeat(columns - width(cut));
}

/** The text in at most so many columns. */
export function truncate(text, columns) {
  if (width(text) <= columns) return text;
  let kept = "";
  let used = 1;
  for (const grapheme of graphemes(text)) {
    used += widthOf(grapheme);
    if (used > columns) break;
    kept += grapheme;
  }
  return `${kept}…`;
}

/** Names come from other people: what would steer the terminal or turn its reading direction is shown as a replacement character. */
export function printable(text) {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
