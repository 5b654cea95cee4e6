// Gates made from a list of permissions.

import { parseCondition } from "../condition/condition.js";
import { isRecord } from "../core/attributes.js";
import { field, list, must, object, optional, type Read, text } from "../core/read.js";
import { dataGate } from "../gate/core-gate.js";
import { LiteGate } from "../gate/lite-gate.js";
import { LITE_READERS } from "../gate/lite-readers.js";
import { type DataRules, readRules } from "../gate/rules.js";
import type {
  ClauseData,
  Grant,
  GrantObject,
  Level,
  LiteOptions,
  MapData,
  Mask,
  MaskData,
  Permission,
  ResourceMapping,
} from "../types/types.js";

/** What a test gate allows: on every record, or as a role in a snapshot would grant it. */
export type TestPermissions = readonly Permission[] | { readonly [P in Permission]?: Grant };

/** The user of a test gate, and what a catalog would declare. */
export interface TestOptions extends LiteOptions {
  /** The id of the user, who owns the records that level `own` reaches. Default: `"user"`. */
  readonly user?: string;
  /** All teams that level `team` reaches. Default: none. */
  readonly teams?: readonly string[];
  /**
   * The paths of owner and team in records of a type, as in a catalog. Default: `owner` and `team`.
   */
  readonly resources?: Readonly<Record<string, ResourceMapping>>;
  /** Masks, as in a catalog. */
  readonly masks?: readonly Mask[];
  readonly tenant?: string;
  /** Default: 1. */
  readonly revision?: number;
}

const OPTIONS = object("user teams resources masks tenant revision context now onDecision");
const GRANT = object("scope when");
const MASK = object("resource field permission as");

/**
 * A gate that allows exactly these permissions. It is an ordinary gate of `rolegate/lite`: a component under
 * test cannot tell it from a real one.
 *
 * There is no catalog: permissions require and imply nothing, and there are no wildcards. All permissions are
 * scoped. The resource type is the longest key of `resources` that is a dotted prefix of the id, or else the
 * id up to its last dot. Conditions are those of gate data: the only attribute of the user is `user.id`.
 * @param permissions a list: each on every record. An object: each as a role would grant it (`true`,
 *   `"own"`, `{ scope, when }`, a list)
 * @throws {RolegateError} `bad-gate-data`, with the location, for an invalid grant or option
 */
export function testGate(permissions: TestPermissions, options: TestOptions = {}): LiteGate {
  return gateOf(rulesOf(permissions, options), options);
}

/**
 * A gate that denies everything: {@link testGate} without permissions. Its `mask` knows the types of
 * `options.masks`.
 */
export function denyAll(options: TestOptions = {}): LiteGate {
  return testGate([], options);
}

/**
 * A gate that allows everything and masks nothing. Its `permissions()` is empty, since no list contains
 * everything, and a gate restored from its `toJSON()` denies everything. It also allows misspelt permissions:
 * prefer {@link testGate}.
 */
export function allowAll(options: TestOptions = {}): LiteGate {
  const rules = rulesOf({ "*": true }, options);
  // No answers are cached by name, because there is no list of names; the empty name is never one.
  return gateOf(
    { ...rules, ids: [], byId: new Every(0), masks: new Every([]), recordsOnly: new Set([""]) },
    options,
  );
}

function gateOf(rules: DataRules, { context, now, onDecision }: TestOptions): LiteGate {
  return dataGate(LiteGate, rules, { context, now, onDecision });
}

/** A map with the same value for every key. */
class Every<T> extends Map<string, T> {
  private readonly value: T;

  constructor(value: T) {
    super();
    this.value = value;
  }

  override get(name: string): T | undefined {
    return typeof name === "string" ? this.value : undefined;
  }
}

function rulesOf(permissions: unknown, options: TestOptions): DataRules {
  const grants = field({ permissions }, "permissions", grantsOf);
  return field({ options }, "options", (json) => readRules(dataOf(grants, OPTIONS(json)), LITE_READERS));
}

/** The alternatives of each granted permission. */
type Grants = ReadonlyMap<string, readonly ClauseData[]>;

const grantsOf: Read<Grants> = (json) => {
  const entries = Array.isArray(json)
    ? list(text)(json).map((id) => [id, true])
    : Object.entries(must(isRecord(json) && !(Symbol.iterator in json) && json));
  return new Map(
    entries.map(([id, grant]) => [
      id as string,
      field({ [id as string]: grant }, id as string, alternativesOf),
    ]),
  );
};

const alternativesOf: Read<ClauseData[]> = (json) => {
  const grant = json as Grant;
  if (typeof grant === "boolean") return grant ? [{}] : [];
  return Array.isArray(grant)
    ? must(grant.length > 0 && list(alternativeOf)(grant).flat())
    : alternativeOf(grant);
};

/** A level, or an object with a level, a condition or both. */
const alternativeOf: Read<ClauseData[]> = (json) => {
  if (typeof json === "string") return levelOf(json);
  const { scope, when } = GRANT(json) as GrantObject;
  must(scope !== undefined || when !== undefined);
  field(
    { when },
    "when",
    optional((condition) => parseCondition(condition, true, 0)),
  );
  return levelOf(scope === undefined ? "all" : scope).map((clause) =>
    when === undefined ? clause : { ...clause, where: when },
  );
};

function levelOf(level: unknown): ClauseData[] {
  const levels: Record<Level, ClauseData[]> = {
    own: [{ own: true }],
    team: [{ own: true }, { teams: 0 }],
    all: [{}],
  };
  return must(typeof level === "string" && Object.hasOwn(levels, level) && levels[level as Level]);
}

const maskOf: Read<Mask> = (json) => {
  const mask = MASK(json) as Mask;
  field(mask, "permission", text);
  return mask;
};

/** Gate data, without what `compile` checks. */
function dataOf(
  grants: Grants,
  { user = "user", teams = [], resources = {}, masks = [], tenant, revision = 1 }: TestOptions,
): object {
  const ids = [...grants].filter(([, any]) => any.length > 0).map(([id]) => id);
  const all = field({ masks }, "masks", list(maskOf));
  const types = [
    ...new Set([
      ...[...grants.keys()].map((id) => typeOf(id, resources)),
      ...Object.keys(resources),
      ...all.map(({ resource }) => resource),
    ]),
  ];
  const hidden = all.map(
    ({ resource, field, permission, as = "redact" }): MaskData => [
      types.indexOf(resource),
      field,
      ids.indexOf(permission),
      as,
    ],
  );
  return {
    format: "rolegate-gate/1",
    user,
    ...(tenant !== undefined && { tenant }),
    revision,
    at: 0,
    ids,
    rules: ids.map((_, at) => at),
    table: ids.map((id) => ({
      scoped: true,
      map: types.indexOf(typeOf(id, resources)),
      any: grants.get(id),
    })),
    maps: types.map((type) => mapOf(resources, type)),
    teams: [teams],
    types,
    masks: hidden,
  };
}

function typeOf(id: string, resources: object): string {
  const parts = id.split(".");
  const prefixes = parts.map((_, i) => parts.slice(0, i).join(".")).reverse();
  return prefixes.find((prefix) => Object.hasOwn(resources, prefix)) ?? (prefixes[0] || id);
}

function mapOf(resources: Readonly<Record<string, ResourceMapping>>, type: string): MapData {
  const { owner = "owner", team = "team" }: ResourceMapping = Object.hasOwn(resources, type)
    ? (resources[type] ?? {})
    : {};
  return [[owner].flat(), [team].flat()];
}
