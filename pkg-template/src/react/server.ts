// `rolegate/react/server`: the same in server components, for one request at a time.

import type { ReactNode } from "react";
import * as React from "react";
import { type About, asked } from "../bindings/answers.js";
import { RolegateError } from "../core/errors.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { DataOptions, GateData, Permission, Resource } from "../types/types.js";
import { RolegateProvider } from "./index.js";

export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";

/** What server components of one application share. */
export interface ForRequests<G extends LiteGate> {
  /** The gate of the current request: made once, however many components ask. */
  readonly getGate: () => Promise<G>;
  /** Shows its children if the user may do this. What is denied is not in the HTML. */
  readonly Can: (props: ServerCanProps) => Promise<ReactNode>;
  /** Hands the gate's data to the client components below it. */
  readonly RolegateServerProvider: (props: { readonly children?: ReactNode }) => Promise<ReactNode>;
}

/** Properties of `Can` in server components. */
export interface ServerCanProps {
  readonly permission: Permission;
  /** The record. If the property is there, `undefined` and `null` stand for a record that is not there. */
  readonly on?: Resource | null | undefined;
  readonly fallback?: ReactNode;
  readonly children?: ReactNode;
}

/**
 * Makes the components of server components.
 * @param makeGate makes the gate of the current request: from its cookies or headers. What it throws reaches
 *   the error boundary, and nothing is shown
 * @param options of the data that client components get: `explain: true` lets them explain
 */
export function forRequests<G extends LiteGate>(
  makeGate: () => G | Promise<G>,
  options?: DataOptions,
): ForRequests<G> {
  // Stable releases of React 18 lack it; those that have server components have it.
  const { cache } = React as { cache?: <F>(make: F) => F };
  if (cache === undefined)
    throw new RolegateError("bad-options", "this React has no `cache`, so it has no server components");
  const getGate = cache(async () => makeGate());
  return {
    getGate,
    async Can(props) {
      const { permission, on, fallback = null, children } = props;
      const about: About = Object.hasOwn(props, "on") ? [on] : [];
      return asked(await getGate(), "can", permission, about) ? children : fallback;
    },
    async RolegateServerProvider({ children }) {
      const gate = (await getGate()) as { toJSON(options?: DataOptions): GateData };
      return React.createElement(RolegateProvider, { value: gate.toJSON(options), children });
    },
  };
}
