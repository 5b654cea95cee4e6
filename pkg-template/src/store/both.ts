// `activate: "manual"`: gate data that say yes only where two others do. A store answers by them until
// somebody activates the later ones.

import type { LiteGate } from "../gate/lite-gate.js";
import { restore } from "../lite/index.js";
import type { ClauseData, GateData, GateOptions, MaskData, RuleData } from "../types/types.js";
import { contentOf, type Taken } from "./body.js";
import { isEverything } from "./changes.js";

/**
 * What answers when later data arrive: the earlier ones with the later held back, or the later ones, where
 * the two differ only in when they end: that need not wait.
 */
export function hold(taken: Taken, young: Taken, options: GateOptions): Taken {
  const old = taken.base ?? taken;
  const [before, after] = [old, young].map((body) => contentOf(body.gate(options).toJSON()));
  if (before === after && taken === old) return young;
  return {
    ...old,
    gate: (options) => bothGate(old.gate(options), young.gate(options), options),
    held: young,
    base: old,
  };
}

/** A gate that says yes only where both do. */
function bothGate(old: LiteGate, young: LiteGate, { context, now, onDecision }: GateOptions): LiteGate {
  const gate = restore(bothOf(old.toJSON(), young.toJSON()), { context, now, onDecision });
  // Whichever says no has the reason.
  gate.explain = (...question: [never]) => {
    const answer = old.explain.apply(old, question as never);
    return answer.allowed ? young.explain.apply(young, question as never) : answer;
  };
  return gate;
}

/** Keeps the names of the permissions of both apart from those that are asked. */
const APART = ["\u0000", "\u0001"];

/**
 * Each permission that is in both asks, on the same record, for itself in the one and in the other. Those
 * stand behind it under names that nobody has, and are "no" when they are asked by them. Where type or places
 * of owner and team differ, the permission is left out.
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
    // The shape of the one that has some.
    const isYoung = shapeOf(young, both[1]) !== ANY_SHAPE;
    const { scoped, map } = isYoung ? ruleAt(young, both[1] as number) : ruleAt(old, both[0] as number);
    const firstMap = isYoung ? (old.maps?.length ?? 0) : 0;
    rules.push(table.length);
    table.push({
      ...(scoped && { scoped }),
      ...(map !== undefined && { map: map + firstMap }),
      any: [{}],
      same: both.map((place, which) => place + (firsts[which] as number)),
    });
    if (of.some((data, which) => data.recordsOnly?.includes(both[which] as number))) recordsOnly.push(at);
  }
  for (const [which, data] of of.entries()) {
    const first = firsts[which] as number;
    const [firstRule, firstMap, firstTeams] = [table.length, maps.length, teams.length];
    const clause = (it: ClauseData): ClauseData =>
      it.teams === undefined ? it : { ...it, teams: it.teams + firstTeams };
    for (const at of data.rules) rules.push(at + firstRule);
    for (const place of data.ids.keys()) recordsOnly.push(place + first);
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

function ruleAt(data: GateData, place: number): RuleData {
  return data.table[data.rules[place] as number] as RuleData;
}

/** Of what is a yes on everything, which says neither type nor places. */
const ANY_SHAPE = "";

/** What must be alike for two rules to be asked as one. */
function shapeOf(data: GateData, place: number | undefined): string | undefined {
  if (place === undefined) return undefined;
  const rule = ruleAt(data, place);
  const { scoped, map, same = [], other = [] } = rule;
  if (isEverything(rule) && same.length + other.length === 0) return ANY_SHAPE;
  return JSON.stringify([scoped, map === undefined ? 0 : data.maps?.[map]]);
}

/** What either hides. A value for which the two want different permissions is hidden from everybody. */
function masksOf(of: readonly GateData[], ids: readonly string[]): Pick<GateData, "types" | "masks"> {
  const types = [...new Set(of.flatMap(({ types = [] }) => types))];
  const places = new Map(ids.map((id, at) => [id, at]));
  const masks = new Map<string, MaskData>();
  for (const data of of) {
    for (const [type, field, permission, as] of data.masks ?? []) {
      const at = types.indexOf(data.types?.[type] as string);
      const place = places.get(data.ids[permission] as string) ?? -1;
      const key = JSON.stringify([at, field]);
      masks.set(key, [at, field, (masks.get(key)?.[2] ?? place) === place ? place : -1, as]);
    }
  }
  return { types, ...(masks.size > 0 && { masks: [...masks.values()] }) };
}
