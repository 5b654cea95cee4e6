// What every runtime does: import the library as an application would, and hand it to the suite.

import { run } from "./suite.mjs";

/**
 * @param {() => Promise<[object, object]>} importLibrary imports `rolegate` (or `rolegate/inline`) and `rolegate/lite`
 * @param {{ runtime: string, origin: string, embedded?: boolean }} env `origin`: the loopback server of server.mjs
 */
export async function start(importLibrary, { runtime, origin, embedded = false }) {
  const wasmUses = watchWebAssembly();
  const [main, lite] = await importLibrary();
  const atImport = wasmUses();
  return run(
    { ...main, restore: lite.restore },
    {
      runtime,
      embedded,
      wasmUses: () => atImport,
      readJson: async (name) => (await fetch(`${origin}/data/${name}`)).json(),
      urls: { missing: `${origin}/missing`, html: `${origin}/page`, acme: `${origin}/acme.json` },
    },
  );
}

/** Counts compilations and instantiations from now until the count is asked. */
function watchWebAssembly() {
  let uses = 0;
  const originals = new Map();
  for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming", "Module", "Instance"]) {
    const original = WebAssembly[name];
    if (original === undefined) continue;
    originals.set(name, original);
    WebAssembly[name] = new Proxy(original, {
      apply: (target, self, args) => ((uses += 1), Reflect.apply(target, self, args)),
      construct: (target, args) => ((uses += 1), Reflect.construct(target, args)),
    });
  }
  return () => {
    for (const [name, original] of originals) WebAssembly[name] = original;
    return uses;
  };
}
