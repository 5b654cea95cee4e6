// The seam to WebAssembly, and the only file that touches the generated bindings. There is one instance. Starting it twice at once
// starts it once; a start that failed can be tried again; after a trap the next call gets a fresh instance.

import { RolegateError } from "./errors.js";
import * as bindings from "./glue/rolegate.js";
import type { ResponseLike, WasmSource } from "./types.js";

type Bindings = typeof bindings;

let starting: Promise<void> | undefined;
let started = false;
/** Whether the instance trapped and must not be called again. */
let broken = false;
/** Which instance this is: what was loaded into an earlier one is gone. */
let generation = 0;

/** What an entry knows of the place where it runs. */
export interface Host {
  /** Where the wasm is, if the caller does not tell. */
  locate(): WasmSource;
  /** Reads `file:` addresses, where `fetch` does not. */
  readFile?(url: URL): Promise<Uint8Array>;
}

/** Where the wasm file has to be. */
const ADVICE = "copy the `rolegate.wasm` of this version to where it is served, or pass its address to `init`";

/** What the bindings export besides a function for each of the wasm's. */
const OWN = ["default", "initSync", "__wbg_reset_state"];

/** Starts the engine, once. */
export function start(source: WasmSource | Promise<WasmSource> | undefined, host: Host): Promise<void> {
  // Nobody may wait for it: one that fails must not end the process then.
  const arrival = Promise.resolve(source).then(nothing, nothing);
  if (started) return arrival;
  starting ??= boot(source, host).finally(() => (starting = undefined));
  return starting;
}

/** Starts the engine at once with the bytes of the wasm, unless it has started. */
export function startNow(bytes: () => Uint8Array): void {
  if (started) return;
  checkWebAssembly();
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(bytes() as BufferSource);
  } catch (cause) {
    throw compileError(cause);
  }
  bindings.initSync({ module });
  started = true;
}

/** Which instance {@link call} calls. */
export function currentGeneration(): number {
  return generation;
}

/**
 * Calls the engine.
 * @throws {RolegateError} `not-initialised`; `trap` if the engine failed, after which the next call gets a fresh instance
 */
export function call<T>(run: (engine: Bindings) => T): T {
  if (!started) throw new RolegateError("not-initialised", "the engine has not started: `await init()` first, or use `await load(…)`");
  if (broken) restart();
  try {
    return run(bindings);
  } catch (cause) {
    broken = true;
    generation += 1;
    throw new RolegateError("trap", "the engine failed; it starts afresh on the next call", { cause });
  }
}

/** The bindings can be generated with a function that makes a fresh instance of the module that they have. */
function restart(): void {
  try {
    (Reflect.get(bindings, "__wbg_reset_state") as () => void)();
  } catch (cause) {
    throw new RolegateError("trap", "the engine cannot start afresh; the next call tries again", { cause });
  }
  broken = false;
}

async function boot(source: WasmSource | Promise<WasmSource> | undefined, host: Host): Promise<void> {
  checkWebAssembly();
  const module = await compile(await given(source ?? host.locate()), host);
  try {
    checkModule(module);
    await instantiate(module);
  } catch (cause) {
    throw otherFile(cause);
  }
  started = true;
}

/** At once, where that is allowed: the other way asks for `Response`, for which Node loads all that fetches. */
async function instantiate(module: WebAssembly.Module): Promise<void> {
  try {
    bindings.initSync({ module });
  } catch (error) {
    // A browser that makes no large instance at once; or a module of another realm, as Next.js hands it to edge functions.
    if (!(error instanceof RangeError) && module instanceof WebAssembly.Module) throw error;
    await bindings.default({ module_or_path: module });
  }
}

/** The bindings keep whatever module they are given, so another one must not get as far. */
function checkModule(module: WebAssembly.Module): void {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  const missing = Object.keys(bindings).filter((name) => !OWN.includes(name) && !names.includes(name));
  if (missing.length > 0) throw new TypeError(`it does not export ${missing.join(", ")}`);
}

function otherFile(cause: unknown): RolegateError {
  return new RolegateError("wasm-missing", `the wasm file belongs to another version of rolegate, or is another file: ${ADVICE}`, { cause });
}

function checkWebAssembly(): void {
  if (typeof WebAssembly === "undefined") throw new RolegateError("wasm-blocked", "this runtime has no WebAssembly: use `rolegate/lite` with gate data from a server");
}

async function given(source: WasmSource | Promise<WasmSource>): Promise<WasmSource> {
  try {
    return await source;
  } catch (cause) {
    throw cause instanceof RolegateError ? cause : new RolegateError("wasm-missing", `the wasm that \`init\` was to get did not arrive, try again: ${String(cause)}`, { cause });
  }
}

async function compile(source: WasmSource, { readFile }: Host): Promise<WebAssembly.Module> {
  if (Object.prototype.toString.call(source) === "[object WebAssembly.Module]") return source as WebAssembly.Module;
  const address = addressOf(source);
  if (address !== undefined) {
    const isFile = readFile !== undefined && address.startsWith("file:");
    return isFile ? compileBytes(await opened(address, readFile)) : compileResponse(await fetched(address));
  }
  if (isBytes(source)) return compileBytes(source);
  if (isResponse(source)) return compileResponse(source);
  throw new RolegateError("wasm-missing", "`init` takes a WebAssembly.Module, bytes, a Response, or the address of the wasm file");
}

async function opened(address: string, readFile: (url: URL) => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await readFile(new URL(address));
  } catch (cause) {
    throw new RolegateError("wasm-missing", `cannot read ${address}: a bundler may have left it behind; pass the wasm to \`init\``, { cause });
  }
}

async function fetched(url: string): Promise<ResponseLike> {
  try {
    return await fetch(url);
  } catch (cause) {
    throw new RolegateError("fetch-failed", `cannot fetch the wasm file from ${url}: pass its bytes or its right address to \`init\``, { cause });
  }
}

async function compileResponse(response: ResponseLike): Promise<WebAssembly.Module> {
  const { ok, status, url } = response;
  const type = response.headers.get("content-type") ?? "";
  if (!ok) throw new RolegateError("fetch-failed", `${url || "the wasm file"} answers with status ${status}: ${ADVICE}`);
  if (type.includes("html")) throw new RolegateError("wasm-missing", `${url || "the response"} is a page of HTML, not the wasm file: ${ADVICE}`);
  const bytes = response.arrayBuffer().catch((cause: unknown) => {
    throw new RolegateError("fetch-failed", `${url || "the wasm file"} broke off: try again`, { cause });
  });
  return compileBytes(await bytes);
}

async function compileBytes(bytes: BufferSource | Uint8Array): Promise<WebAssembly.Module> {
  const start = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, Math.min(4, bytes.byteLength)) : new Uint8Array(bytes).subarray(0, 4);
  if (String(start) !== "0,97,115,109") throw new RolegateError("wasm-missing", `these bytes are not a wasm file; a server may have answered with a page of HTML: ${ADVICE}`);
  try {
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (cause) {
    throw compileError(cause);
  }
}

function compileError(cause: unknown): RolegateError {
  const isPolicy = /disallow|not allowed|unsafe-eval|blocked|csp|content security/i.test(String(cause));
  if (!isPolicy) return new RolegateError("wasm-missing", `the wasm file is damaged: ${ADVICE}`, { cause });
  const advice = "allow `'wasm-unsafe-eval'` in the page's script-src, pass a compiled WebAssembly.Module to `init`, or use `rolegate/lite`";
  return new RolegateError("wasm-blocked", `this place does not compile wasm: ${advice}`, { cause });
}

function addressOf(source: WasmSource): string | undefined {
  const address: unknown = typeof source === "object" && source !== null && "href" in source ? source.href : source;
  return typeof address === "string" ? address : undefined;
}

function isBytes(source: unknown): source is BufferSource {
  return ArrayBuffer.isView(source) || Object.prototype.toString.call(source) === "[object ArrayBuffer]";
}

function isResponse(source: unknown): source is ResponseLike {
  return typeof source === "object" && source !== null && "ok" in source && "arrayBuffer" in source;
}

function nothing(): void {}
