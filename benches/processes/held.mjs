// What a process holds (`node --expose-gc`).

const MIB = 1024 * 1024;
const memories = [];

/** Catches every memory that wasm has from now on: of what Node tells, none is that. */
const { Instance, instantiate } = WebAssembly;
const noted = (instance) => (memories.push(instance.exports.memory), instance);
WebAssembly.instantiate = async (...given) => {
  const result = await instantiate(...given);
  noted(result.instance ?? result);
  return result;
};
WebAssembly.Instance = new Proxy(Instance, {
  construct: (target, given) => noted(Reflect.construct(target, given)),
});

export async function held() {
  for (let n = 0; n < 3; n += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return {
    heap: heapUsed,
    buffers: arrayBuffers,
    wasm: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    rss,
  };
}

/** In MiB. */
export function grown(before, after) {
  return Object.fromEntries(Object.keys(before).map((key) => [key, (after[key] - before[key]) / MIB]));
}
