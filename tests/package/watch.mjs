// Watches what code does that should do nothing yet, or something once only.

const OF_WASM = ["compile", "compileStreaming", "instantiate", "instantiateStreaming", "Module", "Instance"];
const OF_ALL = ["fetch", "setTimeout", "setInterval", "queueMicrotask"];
const INSTANCES = new Set(["instantiate", "instantiateStreaming", "Instance"]);

/**
 * Notes every use of WebAssembly, of the network and of timers, and every new global name, until the function
 * that it returns is called.
 * @returns {() => { uses: string[], globals: string[], modules: number, instances: number }}
 */
export function watch() {
  const uses = [];
  const restore = [
    ...patched(globalThis.WebAssembly ?? {}, OF_WASM, uses),
    ...patched(globalThis, OF_ALL, uses),
  ];
  const names = new Set(Object.getOwnPropertyNames(globalThis));
  return () => {
    for (const put of restore) put();
    const instances = uses.filter((name) => INSTANCES.has(name)).length;
    const modules = uses.filter((name) => OF_WASM.includes(name)).length - instances;
    const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !names.has(name));
    return { uses, globals, modules, instances };
  };
}

function patched(owner, names, uses) {
  const present = names.filter((name) => typeof owner[name] === "function");
  return present.map((name) => {
    const original = owner[name];
    owner[name] = new Proxy(original, {
      apply: (target, self, args) => (
        uses.push(name), Reflect.apply(target, self === globalThis.self ? undefined : self, args)
      ),
      construct: (target, args) => (uses.push(name), Reflect.construct(target, args)),
    });
    return () => (owner[name] = original);
  });
}
