// `activate: "manual"`: gate data that only allow what two others both allow. A store uses them until the
// newer ones are activated.

import type { LiteGate } from "../gate/lite-gate.js";
import { restore } from "../lite/index.js";
import type { ClauseData, GateData, GateOptions, MaskData, RuleData } from "../types/types.js";
import { contentOf, type Taken } from "./body.js";
import { isEverything } from "./changes.js";

/**
 * What answers after newer data have arrived: both data together, or only the newer ones if the two differ in
 * nothing but when they end, which need not wait.
 */
export function hold(taken: Taken, young: Taken, options: GateOptions): Taken {
  const old = taken.base ?? taken;
  const [before, after] = [old, young].map((body) => contentOf(body.gate(options)));
  if (before === after && taken === old) return young;
  return {
    ...old,
    gate: (options) => bothGate(old.gate(options), young.gate(options), options),
    held: young,
    base: old,
  };
}

/** A gate that only allows what both allow. */
function bothGate(old: LiteGate, young: LiteGate, { context, now, onDecision }: GateOptions): LiteGate {
  const gate = restore(bothOf(old.toJSON(), young.toJSON()), { context, now, onDecision });
  // The gate that denies has the reason.
  gate.explain = (...question: [never]) => {
    const answer = old.explain.apply(old, question as never);
    return answer.allowed ? young.explain.apply(young, question as never) : answer;
  };
  return gate;
}

/** Prefixes that keep the permissions of both apart from those that are checked. */
const APART = ["\u0000", "\u0001"];

/**
 * Each permission that is in both requires, on the same record, itself in the old and in the new data. These
 * two are appended under names that no permission has, and are denied if they are checked by those names. A
 * permission is left out if it is scoped in one only, or if the paths of owner and team differ.
 */
function bothOf(old: GateData, young: GateData): GateData {
  const of = [old, young] as const;
  const positions = of.map(({ ids }) => new Map(ids.map((id, at) => [id, at])));
  const ids = young.ids.filter((id) => {
    const shapes = of.map((data, which) => shapeOf(data, positions[which]?.get(id)));
    return !shapes.includes(undefined) && (shapes[0] === shapes[1] || shapes.includes(ANY_SHAPE));
  });
  const firsts = [ids.length, ids.length + old.ids.length];
  const table: RuleData[] = [];
  const [rules, maps, teams, recordsOnly] = [[], [], [], []] as [
    number[],
    NonNullable<GateData["maps"]>[number][],
    (readonly string[])[],
    number[],
  ];
  for (const [at, id] of ids.entries()) {
    const both = of.map((_, which) => positions[which]?.get(id) as number);
    // The shape of the one that has a shape.
    const isYoung = shapeOf(young, both[1]) !== ANY_SHAPE;
    const { scoped, map } = isYoung ? ruleAt(young, both[1] as number) : ruleAt(old, both[0] as number);
    const firstMap = isYoung ? (old.maps?.length ?? 0) : 0;
    rules.push(table.length);
    table.push({
      ...(scoped && { scoped }),
      ...(map !== undefined && { map: map + firstMap }),
      any: [{}],
      same: both.map((index, which) => index + (firsts[which] as number)),
    });
    if (of.some((data, which) => data.recordsOnly?.includes(both[which] as number))) recordsOnly.push(at);
  }
  for (const [which, data] of of.entries()) {
    const first = firsts[which] as number;
    const [firstRule, firstMap, firstTeams] = [table.length, maps.length, teams.length];
    const clause = (it: ClauseData): ClauseData =>
      it.teams === undefined ? it : { ...it, teams: it.teams + firstTeams };
    for (const at of data.rules) rules.push(at + firstRule);
    for (const index of data.ids.keys()) recordsOnly.push(index + first);
    for (const map of data.maps ?? []) maps.push(map);
    for (const of of data.teams ?? []) teams.push(of);
    for (const { map, any, none, same, other, ...rest } of data.table) {
      table.push({
        ...rest,
        ...(map !== undefined && { map: map + firstMap }),
        any: any.map(clause),
        ...(none && { none: none.map(clause) }),
        ...(same && { same: same.map((at) => at + first) }),
        ...(other && { other: other.map((at) => at + first) }),
      });
    }
  }
  const since = Math.max(old.since ?? 0, young.since ?? 0);
  const expires = Math.min(old.expires ?? Infinity, young.expires ?? Infinity);
  const validUntil = Math.min(old.validUntil ?? Infinity, young.validUntil ?? Infinity);
  const { explain: _, validSince: __, ...rest } = young;
  return {
    ...rest,
    ...(since > 0 && { since }),
    ...(expires < Infinity && { expires }),
    ...(validUntil < Infinity && { validUntil }),
    ids: [...ids, ...of.flatMap((data, which) => data.ids.map((id) => APART[which] + id))],
    rules,
    table,
    maps,
    teams,
    recordsOnly,
    ...masksOf(of, ids),
  };
}

function ruleAt(data: GateData, index: number): RuleData {
  return data.table[data.rules[index] as number] as RuleData;
}

/** The shape of a rule that allows everything, which has neither type nor paths. */
const ANY_SHAPE = "";

/** What must be equal so that two rules can be checked as one. */
function shapeOf(data: GateData, index: number | undefined): string | undefined {
  if (index === undefined) return undefined;
  const rule = ruleAt(data, index);
  const { scoped, map, same = [], other = [] } = rule;
  if (isEverything(rule) && same.length + other.length === 0) return ANY_SHAPE;
  return JSON.stringify([scoped, map === undefined ? 0 : data.maps?.[map]]);
}

/** The masks of both. A value that is shown by different permissions is hidden from everyone. */
function masksOf(of: readonly GateData[], ids: readonly string[]): Pick<GateData, "types" | "masks"> {
  const types = [...new Set(of.flatMap(({ types = [] }) => types))];
  const indexes = new Map(ids.map((id, at) => [id, at]));
  const masks = new Map<string, MaskData>();
  for (const data of of) {
    for (const [type, field, permission, as] of data.masks ?? []) {
      const at = types.indexOf(data.types?.[type] as string);
      const index = indexes.get(data.ids[permission] as string) ?? -1;
      const key = JSON.stringify([at, field]);
      masks.set(key, [at, field, (masks.get(key)?.[2] ?? index) === index ? index : -1, as]);
    }
  }
  return { types, ...(masks.size > 0 && { masks: [...masks.values()] }) };
}
