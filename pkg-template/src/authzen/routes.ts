// What a path asks for.

import { isId } from "../core/attributes.js";
import { PATHS, WELL_KNOWN } from "./metadata.js";
import type { Settings } from "./settings.js";

type Endpoint = keyof typeof PATHS | "metadata";

export interface Route {
  readonly endpoint: Endpoint;
  /** The tenant that the path names; `""` if none. */
  readonly tenant: string;
  /** The same as it stands in the path, with its slash. */
  readonly written: string;
}

/** Nothing if nothing is there. The host of the address does not count. */
export function routeOf({ base, snapshot, resources }: Settings, address: string): Route | undefined {
  const path = pathOf(address);
  const found = path === undefined ? undefined : endpointOf(path, base.path);
  if (found === undefined || (found.endpoint === "resource" && resources === undefined)) return undefined;
  const { endpoint, written } = found;
  if (written === "") return { endpoint, written, tenant: "" };
  const tenant = typeof snapshot === "function" ? tenantOf(written) : undefined;
  return tenant === undefined ? undefined : { endpoint, written, tenant };
}

function pathOf(address: string): string | undefined {
  try {
    return new URL(address).pathname;
  } catch {
    return undefined;
  }
}

/** @returns the endpoint, and what stands in the path for a tenant */
function endpointOf(path: string, base: string): { endpoint: Endpoint; written: string } | undefined {
  if (path.startsWith(WELL_KNOWN + base))
    return { endpoint: "metadata", written: path.slice(WELL_KNOWN.length + base.length) };
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  for (const endpoint of Object.keys(PATHS) as (keyof typeof PATHS)[])
    if (rest.endsWith(PATHS[endpoint])) return { endpoint, written: rest.slice(0, -PATHS[endpoint].length) };
  return undefined;
}

/** One part of a path that could not be read as several. */
function tenantOf(written: string): string | undefined {
  try {
    const name = decodeURIComponent(written.slice(1));
    return written.startsWith("/") && isName(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever looks a tenant up may do so by a path or a key. */
function isName(name: string): boolean {
  return isId(name) && name !== "." && name !== ".." && !name.includes("/") && !name.includes("\\");
}
