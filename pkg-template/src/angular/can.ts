// The structural directive.

import * as i0 from "@angular/core";
import {
  computed,
  effect,
  type InputSignal,
  inject,
  input,
  TemplateRef,
  untracked,
  ViewContainerRef,
} from "@angular/core";
import { type About, stateOf, whyNot } from "../bindings/answers.js";
import type { Explanation, Permission, Resource } from "../types/types.js";
import { answer } from "./inject.js";

/** What a template of {@link RolegateCan} may read. */
export interface RolegateCanContext {
  /** `let-why`: why it is denied, if the gate can tell. */
  readonly $implicit: Explanation | undefined;
}

/** What `rolegateCanOn` is where no template binds it: `undefined` is a record that is not there yet. */
const NOT_BOUND = {} as Resource;

/**
 * `*rolegateCan="permission; on: record; else: denied; pending: waiting"` shows its element if the user may do
 * this; what is denied is not made at all. If `on` is bound, `undefined` and `null` stand for a record that is
 * not there yet.
 */
export class RolegateCan {
  readonly rolegateCan: InputSignal<Permission> = input.required<Permission>();
  /** The record. */
  readonly rolegateCanOn: InputSignal<Resource | null | undefined> = input<Resource | null | undefined>(
    NOT_BOUND,
  );
  /** Shown if it is denied. */
  readonly rolegateCanElse: InputSignal<Shown> = input<Shown>();
  /** Shown while the record or the first answer is not there yet. Default: that of `else`. */
  readonly rolegateCanPending: InputSignal<Shown> = input<Shown>();

  constructor() {
    const children: TemplateRef<RolegateCanContext> = inject(TemplateRef);
    const view = inject(ViewContainerRef);
    const about = (): About => {
      const record = this.rolegateCanOn();
      return record === NOT_BOUND ? [] : [record];
    };
    const state = answer((live, gate) => stateOf(live, gate, this.rolegateCan(), about()));
    const why = answer((live, gate) => whyNot(live, gate, this.rolegateCan(), about()));
    const shown = computed(() => {
      if (state() === "allowed") return children;
      return (state() === "pending" && this.rolegateCanPending()) || this.rolegateCanElse();
    });
    const context: RolegateCanContext = {
      get $implicit() {
        return why();
      },
    };
    effect(() => {
      const template = shown();
      untracked(() => {
        view.clear();
        if (template) view.createEmbeddedView(template, context);
      });
    });
  }

  /** Tells the compiler of templates what they may read. */
  static ngTemplateContextGuard(_: RolegateCan, _context: unknown): _context is RolegateCanContext {
    return true;
  }

  // What Angular's own packager makes of `@Directive({ selector: "[rolegateCan]" })`: the linker of an
  // application's build reads the calls, and its compiler of templates the types.
  static ɵfac: i0.ɵɵFactoryDeclaration<RolegateCan, never> = i0.ɵɵngDeclareFactory({
    minVersion: "19.0.0",
    version: "19.0.0",
    ngImport: i0,
    type: RolegateCan,
    deps: [],
    target: i0.ɵɵFactoryTarget.Directive,
  } as never) as never;
  static ɵdir: i0.ɵɵDirectiveDeclaration<
    RolegateCan,
    "[rolegateCan]",
    never,
    {
      rolegateCan: { alias: "rolegateCan"; required: true; isSignal: true };
      rolegateCanOn: { alias: "rolegateCanOn"; required: false; isSignal: true };
      rolegateCanElse: { alias: "rolegateCanElse"; required: false; isSignal: true };
      rolegateCanPending: { alias: "rolegateCanPending"; required: false; isSignal: true };
    },
    {},
    never,
    never,
    true,
    never
  > = i0.ɵɵngDeclareDirective({
    minVersion: "19.0.0",
    version: "19.0.0",
    ngImport: i0,
    type: RolegateCan,
    isStandalone: true,
    selector: "[rolegateCan]",
    inputs: {
      rolegateCan: {
        classPropertyName: "rolegateCan",
        publicName: "rolegateCan",
        isSignal: true,
        isRequired: true,
        transformFunction: null,
      },
      rolegateCanOn: {
        classPropertyName: "rolegateCanOn",
        publicName: "rolegateCanOn",
        isSignal: true,
        isRequired: false,
        transformFunction: null,
      },
      rolegateCanElse: {
        classPropertyName: "rolegateCanElse",
        publicName: "rolegateCanElse",
        isSignal: true,
        isRequired: false,
        transformFunction: null,
      },
      rolegateCanPending: {
        classPropertyName: "rolegateCanPending",
        publicName: "rolegateCanPending",
        isSignal: true,
        isRequired: false,
        transformFunction: null,
      },
    },
  } as never) as never;
}

type Shown = TemplateRef<RolegateCanContext> | null | undefined;
