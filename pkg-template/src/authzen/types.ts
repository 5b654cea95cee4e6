// What a handler is made of, and what its hooks are told.

import type { Gate } from "../snapshot/gate.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { GateOptions, Permission, Reason, Remedies, Resource, Subject, UserId } from "../types/types.js";

type Soon<T> = T | Promise<T>;

/** Several things, at once or one after the other; each by itself or with its id in front. */
export type Listing<T> =
  | Iterable<T | readonly [id: UserId, it: T]>
  | AsyncIterable<T | readonly [id: UserId, it: T]>;

/** Who asks, and of what. */
export interface Asking<Caller = unknown> {
  /** What `authenticate` returned. */
  readonly caller: Caller;
  /** The tenant that the path names; `""` if it names none. */
  readonly tenant: string;
  readonly snapshot: Snapshot;
  /** Only when `resources` is asked for all of a type: the permission that is looked for. */
  readonly permission?: Permission;
  /** With it, the gate of the subject: `gate.scope(permission)` is the filter of a query. */
  readonly gate?: Gate;
}

/** A handler of the AuthZEN Authorization API. */
export interface HandlerOptions<Caller = unknown> {
  /**
   * The public address, such as `"https://pdp.example.com"`, with `https:` (`http:` only on this machine). Its
   * path, if it has one, comes before the paths of the API. No header of a request is ever used for it.
   */
  readonly baseUrl: string | URL;
  /**
   * Who asks, if they may ask about this tenant: it is passed to the other functions. Nothing (`null`,
   * `undefined`, `false`, `""`, 0) is answered with 401. What it throws is 503. It must not read the body.
   */
  authenticate(request: Request, tenant: string): Soon<Caller | null | undefined | false | "">;
  /**
   * The snapshot, or a function that gives the current one of a tenant, such as `current` of `rolegate/edge`.
   * With a function, a path may name a tenant: `/acme/access/v1/evaluation`. `null` is answered with 403.
   */
  readonly snapshot: Snapshot | ((tenant: string, caller: Caller) => Soon<Snapshot | null | undefined>);
  /** The types of subjects that are people of the snapshot. Default: `["user"]`. More than one needs `subject`. */
  readonly subjectTypes?: readonly string[] | undefined;
  /**
   * Who a subject is: an id in the snapshot, or a person whom it need not list. Nothing: nobody is known.
   * Without an id it gives all of the type, for searches: ids, people, or pairs of an id and who it is.
   */
  readonly subject?:
    | ((
        type: string,
        id: string | undefined,
        asking: Asking<Caller>,
      ) => Soon<UserId | Subject | Listing<UserId | Subject> | null | undefined>)
    | undefined;
  /**
   * The record of a type and id, for requests that do not describe it. Nothing: it is not known. Without an id
   * it gives all of the type, for searches: records with an `id`, or pairs of an id and a record.
   */
  readonly resources?:
    | ((
        type: string,
        id: string | undefined,
        asking: Asking<Caller>,
      ) => Soon<Resource | Listing<Resource> | null | undefined>)
    | undefined;
  /** Denials tell how access can be requested. Default: they do not. */
  readonly accessRequest?: AccessRequestOptions<Caller> | undefined;
  /** The `WWW-Authenticate` of a 401. Default: `"Bearer"`. */
  readonly challenge?: string | undefined;
  readonly limits?: Limits | undefined;
  /** The clock, as for gates. */
  readonly now?: GateOptions["now"];
  /** Hears every decision of an evaluation, as for gates; searches make none. */
  readonly onDecision?: GateOptions["onDecision"];
  /** Hears whatever a function here threw. Nobody else does: no answer has it. */
  onError?(error: unknown): void;
}

/** How much a request may ask for. */
export interface Limits {
  /** Bytes of a body. More is 413. Default: 1 MiB. */
  readonly bytes?: number | undefined;
  /** Milliseconds until a body must have arrived. Later is 408. Default: 10,000. */
  readonly milliseconds?: number | undefined;
  /** Entries of `evaluations`. More is 413. Default: 1,000. */
  readonly evaluations?: number | undefined;
  /** Results of one page. What is left is on the next one. Default: 1,000. */
  readonly results?: number | undefined;
  /** People or records that one search looks at. Beyond them it fails with 503. Default: 100,000. */
  readonly candidates?: number | undefined;
}

/** The Access Request profile (a draft): where, and until when, what was denied can be requested. */
export interface AccessRequestOptions<Caller = unknown> {
  /** Where requests are sent, with `https:`. */
  readonly endpoint: string | URL;
  /** Milliseconds during which a denial can be brought forward. Default: ten minutes. */
  readonly expiresIn?: number | undefined;
  /**
   * Makes sure that whoever receives a request can verify the denial in it: returns a signed token that holds
   * it, or `true` once it is stored by its `evaluation_id`. Anything else: this cannot be requested.
   */
  bind(denial: Denial<Caller>): Soon<string | boolean | null | undefined>;
  /** The name of the workflow. */
  readonly template?: string | undefined;
  /** How many denials of one request tell it: finding remedies takes time. Default: 100. */
  readonly denials?: number | undefined;
  /** Where the keys are that verify the tokens of `bind`. */
  readonly jwks?: string | URL | undefined;
}

/** A denial that can be remedied. */
export interface Denial<Caller = unknown> extends Asking<Caller> {
  readonly evaluation_id: string;
  /** RFC 3339, as `expires_at`. */
  readonly evaluated_at: string;
  readonly expires_at: string;
  readonly question: Question;
  readonly permission: Permission;
  readonly reason: Reason;
  /** Not empty. The whole list makes the answer a yes. */
  readonly remedies: Remedies;
}

/** A subject or a resource of a request. */
export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties?: object | undefined;
}

/** One evaluation that is asked for. */
export interface Question {
  readonly subject: Entity;
  readonly action: { readonly name: string; readonly properties?: object | undefined };
  readonly resource: Entity;
  readonly context?: object | undefined;
}
