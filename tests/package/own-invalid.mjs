// What is wrong with a document, and how it is told (own-invalid.json).

import { equal, ok, rejectsSnapshot, show } from "./report.mjs";

export function invalid(report, lib, { name, text, hex, maxBytes, issues }) {
  return report.test(`own-invalid/${name}`, async () => {
    const source = hex === undefined ? text : Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
    const options = maxBytes === undefined ? {} : { maxBytes };
    if (issues.length === 0) {
      (await lib.load(source, options)).free();
      lib.loadSync(source, options).free();
      return;
    }
    const found = await rejectsSnapshot(lib, () => lib.load(source, options));
    equal(await rejectsSnapshot(lib, () => lib.loadSync(source, options)), found, "loadSync");
    compareIssues(found, issues);
  });
}

function compareIssues(found, wanted) {
  const ordered = inOrder(found.map((issue) => [issue.path, issue.code, issue]));
  const expected = inOrder(wanted);
  equal(
    ordered.map((issue) => issue.slice(0, 2)),
    expected.map((issue) => issue.slice(0, 2)),
    "issues",
  );
  for (const [index, [path, code, details = {}]] of expected.entries()) {
    const issue = ordered[index][2];
    const { says = [], suggestion, ...place } = details;
    for (const [key, value] of Object.entries(place))
      equal(issue[key], value, `${key} of ${code} at ${path}`);
    if (suggestion !== undefined)
      equal(issue.suggestion, suggestion ?? undefined, `suggestion of ${code} at ${path}`);
    for (const word of says)
      ok(
        issue.message.includes(word),
        `the message of ${code} at ${path} should name ${show(word)}: ${issue.message}`,
      );
  }
}

/** The format fixes the order by place only: problems of one place are put in the order of their codes. */
function inOrder(issues) {
  const ordered = [];
  for (const issue of issues) {
    let at = ordered.length;
    while (at > 0 && ordered[at - 1][0] === issue[0] && ordered[at - 1][1] > issue[1]) at -= 1;
    ordered.splice(at, 0, issue);
  }
  return ordered;
}
