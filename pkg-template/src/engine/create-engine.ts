// The seam to WebAssembly. An engine is a wasm module with its generated bindings, and has one instance.
// Starting it twice at once starts it once; a start that failed can be tried again; after a trap the next
// call gets a fresh instance.

import { RolegateError } from "../core/errors.js";
import type { ResponseLike, WasmSource } from "../types/types.js";

/** What the bindings of every module export, besides a function for each that the module exports itself. */
interface Bindings {
  __wbg_get_imports(): WebAssembly.Imports;
  __wbg_finalize_init(instance: WebAssembly.Instance, module: WebAssembly.Module): unknown;
  /** Makes a fresh instance of the module that the bindings have. */
  __wbg_reset_state(): void;
  /** The memory of the instance. */
  ownMemory(): WebAssembly.Memory;
}

/** What wasm files begin with: `\0asm`. */
const MAGIC = "0,97,115,109";

const OWN = ["__wbg_get_imports", "__wbg_finalize_init", "__wbg_reset_state", "ownMemory"];

/** Where a module is, in the place where the package runs. */
export interface Place {
  /** Where the wasm is, if the caller does not tell. */
  locate(): WasmSource | Promise<WasmSource>;
  /** Reads `file:` addresses, where `fetch` does not. */
  readFile?(url: URL): Uint8Array;
}

/** One module and its instance. */
export interface Engine<B extends Bindings> {
  /**
   * Starts it, once.
   * @throws {RolegateError} `wasm-missing`, `wasm-blocked`, `fetch-failed`
   */
  start(source: WasmSource | Promise<WasmSource> | undefined, place: Place): Promise<void>;
  /**
   * Starts it at once, unless it has started.
   * @throws {RolegateError} `wasm-missing`, `wasm-blocked`
   */
  startNow(give: () => WasmSource): void;
  /**
   * Calls it.
   * @throws {RolegateError} `not-initialised`; `trap` if it failed, after which the next call gets a fresh
   *   instance
   */
  call<T>(run: (bindings: B) => T): T;
  /** Which instance there is: what was loaded into an earlier one is gone. */
  readonly generation: number;
  readonly isStarted: boolean;
}

/**
 * @param file its wasm file
 * @param option how a caller tells where the file is
 */
export function createEngine<B extends Bindings>(bindings: B, file: string, option: string): Engine<B> {
  const advice = `copy the \`${file}\` of this version to where it is served, or pass its address to ${option}`;
  let generation = 0;
  let isStarted = false;
  /** Whether the instance trapped and must not be called again. */
  let isBroken = false;
  let starting: Promise<void> | undefined;

  async function boot(source: WasmSource | Promise<WasmSource> | undefined, place: Place): Promise<void> {
    checkWebAssembly();
    const module = await compile(await arrived(source ?? given(() => place.locate())), place);
    // It may have been started at once meanwhile, and what was loaded into that instance must not be lost.
    if (isStarted) return;
    try {
      instantiate(module);
    } catch (error) {
      // A browser that makes no large instance at once.
      if (!(error instanceof RolegateError && error.cause instanceof RangeError)) throw error;
      const instance = await WebAssembly.instantiate(module, bindings.__wbg_get_imports());
      if (!isStarted) use(module, instance);
    }
  }

  function instantiate(module: WebAssembly.Module): void {
    checkModule(module);
    try {
      use(module, new WebAssembly.Instance(module, bindings.__wbg_get_imports()));
    } catch (cause) {
      throw otherFile(cause);
    }
  }

  function use(module: WebAssembly.Module, instance: WebAssembly.Instance): void {
    bindings.__wbg_finalize_init(instance, module);
    isStarted = true;
  }

  /** The bindings keep whatever module they are given, so another one must not get as far. */
  function checkModule(module: WebAssembly.Module): void {
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    const absent = Object.keys(bindings).filter((name) => !OWN.includes(name) && !names.includes(name));
    if (absent.length > 0) throw otherFile(new TypeError(`it does not export ${absent.join(", ")}`));
  }

  async function compile(source: WasmSource, { readFile }: Place): Promise<WebAssembly.Module> {
    if (isModule(source)) return source;
    const address = addressOf(source);
    if (address !== undefined) {
      const isFile = readFile !== undefined && address.startsWith("file:");
      return isFile ? compileBytes(opened(address, readFile)) : compileResponse(await fetched(address));
    }
    if (isBytes(source)) return compileBytes(source);
    if (isResponse(source)) return compileResponse(source);
    throw new RolegateError(
      "wasm-missing",
      "`init` takes a WebAssembly.Module, bytes, a Response, or the address of the wasm file",
    );
  }

  function opened(address: string, readFile: (url: URL) => Uint8Array): Uint8Array {
    try {
      return readFile(new URL(address));
    } catch (cause) {
      throw leftBehind(address, cause);
    }
  }

  async function fetched(url: string): Promise<ResponseLike> {
    try {
      return await fetch(url);
    } catch (cause) {
      throw new RolegateError(
        "fetch-failed",
        `cannot fetch the wasm file from ${url}: pass its bytes or the correct address to ${option}`,
        { cause },
      );
    }
  }

  async function compileResponse(response: ResponseLike): Promise<WebAssembly.Module> {
    const { ok, status, url } = response;
    const name = url || `\`${file}\``;
    const type = response.headers.get("content-type") ?? "";
    if (!ok) throw new RolegateError("fetch-failed", `${name} has status ${status}: ${advice}`);
    if (type.includes("html")) throw missing(`${name} is an HTML page, not the wasm file`);
    const bytes = response.arrayBuffer().catch((cause: unknown) => {
      throw new RolegateError("fetch-failed", `${name} was cut off: try again`, { cause });
    });
    return compileBytes(await bytes);
  }

  async function compileBytes(bytes: BufferSource | Uint8Array): Promise<WebAssembly.Module> {
    const checked = checkBytes(bytes);
    // By this name: builds for Vercel Edge stop at the other, also where nothing calls it.
    const { compile } = WebAssembly;
    try {
      return await compile(checked);
    } catch (cause) {
      throw compileError(cause);
    }
  }

  function compileNow(bytes: BufferSource): WebAssembly.Module {
    const checked = checkBytes(bytes);
    try {
      return new WebAssembly.Module(checked);
    } catch (cause) {
      throw compileError(cause);
    }
  }

  function checkBytes(bytes: BufferSource | Uint8Array): BufferSource {
    const [buffer, start] = ArrayBuffer.isView(bytes) ? [bytes.buffer, bytes.byteOffset] : [bytes, 0];
    // A buffer that was handed on to somebody else has no bytes left, and nothing can look into it.
    const isWasm = bytes.byteLength > 3 && String(new Uint8Array(buffer, start, 4)) === MAGIC;
    if (!isWasm)
      throw missing("these bytes are not a wasm file; a server may have answered with an HTML page");
    return bytes as BufferSource;
  }

  function compileError(cause: unknown): RolegateError {
    const isPolicy = /disallow|not allowed|unsafe-eval|blocked|csp|content security/i.test(String(cause));
    if (!isPolicy) return missing(`\`${file}\` is damaged`, cause);
    const advice =
      "allow `'wasm-unsafe-eval'` in the page's script-src, pass a compiled WebAssembly.Module to `init`, or use `rolegate/lite`";
    return new RolegateError("wasm-blocked", `this environment does not allow compiling wasm: ${advice}`, {
      cause,
    });
  }

  /** What this place has. A bundler may have lost the file or broken its address. */
  function given<T>(give: () => T): T {
    try {
      return give();
    } catch (cause) {
      throw leftBehind(`\`${file}\``, cause);
    }
  }

  function leftBehind(name: string, cause: unknown): RolegateError {
    return new RolegateError(
      "wasm-missing",
      `cannot read ${name}: a bundler may have left it behind; pass the wasm to ${option}, or import \`rolegate/inline\``,
      { cause },
    );
  }

  function otherFile(cause: unknown): RolegateError {
    return missing(`the wasm file is not the \`${file}\` of this version of rolegate`, cause);
  }

  function missing(what: string, cause?: unknown): RolegateError {
    return new RolegateError("wasm-missing", `${what}: ${advice}`, { cause });
  }

  return {
    start(source, place) {
      // Nobody may wait for it: one that fails must not end the process then.
      const arrival = Promise.resolve(source).then(nothing, nothing);
      if (isStarted) return arrival;
      starting ??= boot(source, place).finally(() => (starting = undefined));
      return starting;
    },
    startNow(give) {
      if (isStarted) return;
      checkWebAssembly();
      const source = given(give);
      instantiate(isModule(source) ? source : compileNow(source as BufferSource));
    },
    call(run) {
      if (!isStarted)
        throw new RolegateError("not-initialised", `the engine has not started: first await ${option}`);
      if (isBroken) {
        try {
          bindings.__wbg_reset_state();
        } catch (cause) {
          throw new RolegateError("trap", "the engine cannot restart; the next call tries again", {
            cause,
          });
        }
        isBroken = false;
      }
      try {
        return run(bindings);
      } catch (cause) {
        isBroken = true;
        generation += 1;
        throw new RolegateError("trap", "the engine failed; it restarts on the next call", { cause });
      }
    },
    get generation() {
      return generation;
    },
    get isStarted() {
      return isStarted;
    },
  };
}

function checkWebAssembly(): void {
  if (typeof WebAssembly === "undefined")
    throw new RolegateError(
      "wasm-blocked",
      "this runtime has no WebAssembly: use `rolegate/lite` with gate data from a server",
    );
}

async function arrived(source: WasmSource | Promise<WasmSource>): Promise<WasmSource> {
  try {
    return await source;
  } catch (cause) {
    throw cause instanceof RolegateError
      ? cause
      : new RolegateError(
          "wasm-missing",
          `the wasm for \`init\` did not arrive, try again: ${String(cause)}`,
          { cause },
        );
  }
}

function addressOf(source: WasmSource): string | undefined {
  const address: unknown =
    typeof source === "object" && source !== null && "href" in source ? source.href : source;
  return typeof address === "string" ? address : undefined;
}

/** Also one of another realm, as Next.js hands it to edge functions. */
function isModule(source: unknown): source is WebAssembly.Module {
  return Object.prototype.toString.call(source) === "[object WebAssembly.Module]";
}

function isBytes(source: unknown): source is BufferSource {
  return ArrayBuffer.isView(source) || Object.prototype.toString.call(source) === "[object ArrayBuffer]";
}

function isResponse(source: unknown): source is ResponseLike {
  return typeof source === "object" && source !== null && "ok" in source && "arrayBuffer" in source;
}

function nothing(): void {}
