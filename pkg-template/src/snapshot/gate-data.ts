// A user's answers at a moment as gate data (docs/gate-data.md): the permissions that are yes or may be, and
// what they ask.

import type { Node } from "../condition/facts.js";
import { copyOf, Room, textOf } from "../core/read.js";
import { eachAfter } from "../core/walk.js";
import type { Rule } from "../gate/moment.js";
import { type Clause, isBare, keyOf, type Mapping, type Part, type Teams } from "../gate/parts.js";
import type { Way } from "../gate/why.js";
import type {
  ClauseData,
  ExplainData,
  GateData,
  MapData,
  MaskData,
  RuleData,
  WayData,
  WhyData,
} from "../types/types.js";
import { ANYTHING_GOES } from "./conditions.js";
import type { LiveRules } from "./live-moment.js";
import { explainedBy } from "./live-why.js";

/**
 * Things that are written once, each at the position at which it was first met. Two are the same if they are
 * written alike, or have the same key.
 */
class Pool<T> {
  readonly written: T[] = [];
  private readonly positions: Map<string, number> = new Map();

  indexOf(item: T, key: string = textOf(item)): number {
    const known = this.positions.get(key);
    if (known !== undefined) return known;
    this.positions.set(key, this.written.length);
    return this.written.push(item) - 1;
  }
}

/** What was made of something, each once. */
function once<T, V>(make: (of: T) => V, keyOf: (of: T) => unknown = (of) => of): (of: T) => V {
  const known = new Map<unknown, V>();
  return (of) => {
    const key = keyOf(of);
    let made = known.get(key);
    if (made === undefined) known.set(key, (made = make(of)));
    return made;
  };
}

/** Clauses as they are written, and a number that is the same for what is written alike. */
interface Written<T> {
  readonly any: readonly T[];
  readonly none: readonly T[];
  readonly number: number;
}

/** What a grant or denial takes at least: too many are refused before all are made. */
const WAY = 50;

const ALWAYS_YES: RuleData = { any: [{}] };

/**
 * @param user whose data they are: moments may be shared by users who hold the same
 * @param at the maker's clock
 * @param until from when on every answer is "no", whatever the snapshot says
 * @param isRecordsOnly whether a permission is "no" without a record
 * @param isExplained whether a restored gate is to explain, too
 */
export function toGateData(
  moment: LiveRules,
  user: string,
  at: number,
  until: number,
  isRecordsOnly: (index: number) => boolean,
  isExplained: boolean,
): GateData {
  moment.complete();
  const { tenant } = moment;
  const all = tenant.ids.map((_, index) => moment.rule(index));
  const isHeld = heldBy(all);
  const indexes = all.flatMap((_, index) => (isHeld(index) ? index : []));
  const positionOf = new Map(indexes.map((index, position) => [index, position]));
  const [table, maps, teams] = [new Pool<RuleData>(), new Pool<MapData>(), new Pool<readonly string[]>()];
  /** What is a yes at all times need not be asked. */
  const asked = (required: readonly number[]): number[] =>
    required.filter((index) => !isAlways(all[index])).map((index) => positionOf.get(index) as number);
  const room = new Room();
  const teamsAt = once(
    (of: Teams) => teams.indexOf(room.listed(of)),
    (of) => of.key ?? of,
  );
  const mapAt = once((map: Mapping) => maps.indexOf(pathsOf(map)));
  const jsonOf = once((node: Node) => copyOf(node.json, room));
  const clause = ({ own, teams: of, when }: Clause, word: "where" | "unless"): ClauseData => ({
    ...(own && { own }),
    ...(of && { teams: teamsAt(of) }),
    ...(when && { [word]: jsonOf(when) }),
  });
  const [conditions, parts] = [new Pool<undefined>(), new Pool<undefined>()];
  const conditionAt = once((node: Node) => conditions.indexOf(undefined, keyOf(node)));
  const keyOfClauses = (clauses: readonly Clause[]): string =>
    clauses
      .map(
        ({ own, teams: of, when }) =>
          `${own ? "o" : ""}${of ? teamsAt(of) : ""};${when ? conditionAt(when) : ""}`,
      )
      .join();
  const partOf = once(
    ({ any, none }: Part): Written<ClauseData> => ({
      any: any.map((it) => clause(it, "where")),
      none: none.map((it) => clause(it, "unless")),
      number: parts.indexOf(undefined, `${keyOfClauses(any)}|${keyOfClauses(none)}`),
    }),
    ({ any }) => any,
  );
  const ruleAt = ({ scoped, map, part, same, other, window: [since, until] }: Rule): number => {
    const [askedSame, askedOther] = [asked(same), asked(other)];
    const times = { ...(since > 0 && { since }), ...(until < Infinity && { until }) };
    if (isEverything(part) && askedSame.length + askedOther.length === 0)
      return table.indexOf({ ...ALWAYS_YES, ...times });
    const { any, none, number } = partOf(part);
    const asks = {
      ...(scoped && { scoped }),
      map: mapAt(map),
      ...(askedSame.length > 0 && { same: askedSame }),
      ...(askedOther.length > 0 && { other: askedOther }),
      ...times,
    };
    return table.indexOf({ ...asks, any, ...(none.length > 0 && { none }) }, `${number} ${textOf(asks)}`);
  };
  const rules = indexes.map((index) => ruleAt(all[index] as Rule));
  const recordsOnly = indexes.flatMap((index, position) => (isRecordsOnly(index) ? position : []));
  const { since } = tenant;
  const [expires, validUntil] = [
    Math.min(tenant.expires, until),
    at < until ? Math.min(moment.to, until) : Infinity,
  ];
  const masks = tenant.types.flatMap((type, at) =>
    (tenant.masks.get(type) ?? []).map(
      ({ field, permission, as }): MaskData => [
        at,
        field,
        positionOf.get(tenant.byId.get(permission as string) as number) ?? -1,
        as,
      ],
    ),
  );
  /** As rules, but each grant and denial by itself, with its assignment. */
  const explain = (): ExplainData => {
    const { reason, ids, title, why } = explainedBy(moment);
    const [whys, bys] = [new Pool<WhyData>(), new Pool<ExplainData["by"][number]>()];
    const way = (
      {
        assignment,
        by,
        own,
        teams: of,
        when,
        window: [since, until],
        condition: conditionOf,
        addMissing,
      }: Way,
      word: "where" | "unless",
    ): WayData => {
      const { role, via, level, team = "", names } = by();
      const missing = new Set<string>();
      addMissing({ user, now: at, noting: undefined, ...ANYTHING_GOES }, missing);
      const condition = conditionOf();
      room.take(WAY + via.length);
      return {
        by: bys.indexOf([assignment, role, names.role ?? "", team, names.team ?? "", ...via]),
        ...(level && { level }),
        ...(condition && { condition }),
        ...clause({ own, teams: of, when: when || undefined }, word),
        ...(when === false && { never: true }),
        ...(since > -Infinity && { since }),
        ...(until < Infinity && { until }),
        ...(missing.size > 0 && { missing: [...missing] }),
      };
    };
    const lists = new Pool<readonly WayData[]>();
    /** The grants or the denials of a permission, which others may share. */
    const waysOf = (word: "where" | "unless") =>
      once((ways: readonly Way[]) => lists.indexOf(ways.map((it) => way(it, word))));
    const [grantsAt, denialsAt] = [waysOf("where"), waysOf("unless")];
    const rules = ids.map((_, index) => {
      const { reason, scoped, map, grants, denials, requires } = why(index, true);
      const [any, none] = [grantsAt(grants), denialsAt(denials)];
      const asks = {
        ...(reason !== undefined && { reason }),
        ...(scoped && { scoped }),
        map: mapAt(map),
        ...(requires.length > 0 && {
          requires: requires.map(({ index, isSame }) => 2 * index + Number(isSame)),
        }),
      };
      return whys.indexOf(
        {
          ...asks,
          any: lists.written[any] as WayData[],
          ...(denials.length > 0 && { none: lists.written[none] as WayData[] }),
        },
        `${any} ${none} ${textOf(asks)}`,
      );
    });
    return {
      ...(reason !== undefined && { reason }),
      ids,
      rules,
      table: whys.written,
      titles: ids.map((_, index) => title(index) ?? ""),
      by: bys.written,
    };
  };
  const explained = isExplained && { explain: explain() };
  return copyOf(
    {
      format: "rolegate-gate/1",
      user,
      ...(tenant.tenant !== undefined && { tenant: tenant.tenant }),
      revision: tenant.revision,
      at,
      ...(since > 0 && { since }),
      ...(expires < Infinity && { expires }),
      ...(moment.from > 0 && { validSince: moment.from }),
      ...(validUntil < Infinity && { validUntil }),
      ids: indexes.map((index) => tenant.ids[index] as string),
      rules,
      table: table.written,
      maps: maps.written,
      teams: teams.written,
      ...(recordsOnly.length > 0 && { recordsOnly }),
      types: tenant.types,
      ...(masks.length > 0 && { masks }),
      ...explained,
    },
    room,
  );
}

/** Whether a permission may be a yes: it has a rule, and so has everything that it requires. */
function heldBy(all: readonly (Rule | undefined)[]): (index: number) => boolean {
  const known = new Map<number, boolean>();
  const requires = (index: number): number[] => {
    const rule = known.has(index) ? undefined : all[index];
    return rule === undefined ? [] : [...rule.same, ...rule.other];
  };
  return (index) => {
    eachAfter(index, requires, (at) => {
      if (!known.has(at))
        known.set(
          at,
          all[at] !== undefined && requires(at).every((required) => known.get(required) === true),
        );
    });
    return known.get(index) === true;
  };
}

function isEverything({ any, none }: Rule["part"]): boolean {
  return none.length === 0 && any.some(isBare);
}

/** Whether a permission is a yes on everything and at all times, by itself. */
function isAlways(rule: Rule | undefined): boolean {
  return (
    rule !== undefined &&
    isEverything(rule.part) &&
    rule.same.length + rule.other.length === 0 &&
    rule.window[0] === -Infinity &&
    rule.window[1] === Infinity
  );
}

function pathsOf([owner, team]: Mapping): MapData {
  return [owner.map(({ name }) => name), team.map(({ name }) => name)];
}
