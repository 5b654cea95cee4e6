// Revisions and times at the ends of their ranges: numbers that do not fit 32 bits.

import { narrow, PLAIN, travel } from "./own-parts.mjs";
import { equal, rejects } from "./report.mjs";

export async function numbers(report, lib) {
  for (const revision of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1_795_080_214_000, 2 ** 53 - 1]) {
    await report.test(`own-facts: revision ${revision}`, async () => {
      const text = JSON.stringify({ ...PLAIN, revision });
      const snapshot = await lib.load(text, { minRevision: revision });
      const gate = snapshot.for("u", { now: 1_795_080_214_000 });
      equal([snapshot.revision, gate.revision, gate.toJSON().revision], [revision, revision, revision]);
      equal(lib.restore(travel(gate.toJSON())).revision, revision, "restored");
      const small = await narrow(lib, snapshot, "u");
      if (small !== undefined) equal(small.revision, revision, "narrowed");
      if (revision < 2 ** 53 - 1)
        await rejects(lib, () => lib.load(text, { minRevision: revision + 1 }), { code: "old-revision" });
      equal(lib.loadSync(text, { minRevision: 0 }).revision, revision, "loadSync");
    });
  }
  for (const [text, iso] of [
    ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
    ["1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"],
    ["2026-02-28T23:30:00-00:45", "2026-03-01T00:15:00.000Z"],
    ["2024-02-29t00:00:00+23:59", "2024-02-28T00:01:00.000Z"],
    ["9999-12-31T23:59:59.999z", "9999-12-31T23:59:59.999Z"],
  ]) {
    await report.test(`own-facts: the time ${text}`, async () => {
      const snapshot = await lib.load({ ...PLAIN, issuedAt: text, expiresAt: text });
      equal([snapshot.issuedAt.toISOString(), snapshot.expiresAt.toISOString()], [iso, iso]);
      snapshot.free();
    });
  }
}
