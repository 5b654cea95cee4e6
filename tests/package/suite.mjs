// The one suite about the package. It receives the library as an argument and uses nothing that a runtime
// might lack.
//
//   lib   everything that `rolegate` (or `rolegate/inline`) exports, `restore` of `rolegate/lite`, `testing`: all of `rolegate/testing`,
//         and `signed`: all of `rolegate/signed`, where that can be imported
//   env   runtime      a name for people
//         readJson     (path below tests/, or "samples/…") => the parsed file, or a promise of it
//         atImport     what `watch` of watch.mjs noted while the library was imported
//         embedded?    the wasm is part of the library: loadSync works without init
//         fetchesFull? the whole engine is a second module, which is there only when it was asked for
//         isBrief?     what asks much is left out, and what is hostile: the same files answer it in another run
//         urls?        { missing, html, acme }: addresses that answer 404, with a page, with `acme()` as JSON

import { apart } from "./apart.mjs";
import { cases } from "./cases.mjs";
import { data } from "./data.mjs";
import { explain } from "./explain.mjs";
import { example, gates } from "./gates.mjs";
import { hostile } from "./hostile.mjs";
import { laws } from "./laws.mjs";
import { loading, starting, startingFull } from "./loading.mjs";
import { masks } from "./masks.mjs";
import { narrow } from "./narrow.mjs";
import { options } from "./options.mjs";
import { own } from "./own.mjs";
import { Report } from "./report.mjs";
import { signed } from "./signed.mjs";
import { subjects } from "./subjects.mjs";
import { aifocus } from "./tenant-aifocus.mjs";
import { desk } from "./tenant-desk.mjs";
import { engage } from "./tenant-engage.mjs";
import { iadvize } from "./tenant-iadvize.mjs";
import { proto } from "./tenant-proto.mjs";
import { time } from "./time.mjs";
import { using } from "./using.mjs";
import { vectors } from "./vectors.mjs";

/**
 * Runs everything; the result is plain data:
 * `{ passed, failed, pending, failures: [{ name, message }], skipped: [text] }`.
 */
export async function run(lib, env) {
  const report = new Report(await env.readJson("pending.json"));
  const tenants = [aifocus, engage, proto, desk, iadvize];
  const long = env.isBrief ? [] : [subjects, hostile, cases, own, vectors, laws];
  for (const part of [
    starting,
    startingFull,
    loading,
    apart,
    options,
    gates,
    using,
    masks,
    time,
    data,
    example,
    explain,
    narrow,
    ...tenants,
    signed,
    ...long,
  ]) {
    await report.test(`(${part.name} ran to its end)`, () => part(report, lib, env));
  }
  return report.result();
}
