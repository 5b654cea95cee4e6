import { inject, makeStateKey, provideZonelessChangeDetection, REQUEST_CONTEXT, TransferState } from "@angular/core";
import { provideClientHydration } from "@angular/platform-browser";
import { provideRolegate } from "rolegate/angular";
import type { GateData } from "rolegate/lite";

const ROLES = makeStateKey<GateData>("roles");

/** On the server, those of the request, which go to the page; in the page, those. */
function roles(): GateData {
  const state = inject(TransferState);
  const context = inject(REQUEST_CONTEXT, { optional: true }) as { roles: GateData } | null;
  if (context) state.set(ROLES, context.roles);
  return state.get(ROLES, null as never); // without any, every question throws
}

export const config = {
  providers: [provideZonelessChangeDetection(), provideClientHydration(), provideRolegate(roles)],
};
