// Sets of teams of a snapshot, as intervals of a walk through its forest: what a team covers is one interval,
// however many teams that are.
//
// Twin of src/query/teams.rs; tests/package/vectors.mjs and tests/vectors.rs hold them equal.

import * as at from "../engine/layout.js";
import type { Tables } from "../engine/tables.js";
import type { Teams } from "../gate/parts.js";

/** The teams of a snapshot by name and by their position in the walk. */
export class Forest {
  private readonly tables: Tables;
  private positions: Map<string, number> | undefined = undefined;
  private names: readonly string[] | undefined;

  /** @param names of teams that are in no table: none covers another */
  constructor(tables: Tables, names?: readonly string[]) {
    this.tables = tables;
    this.names = names;
  }

  /** For each name the position of the team in the walk. */
  get positionOf(): ReadonlyMap<string, number> {
    return (this.positions ??= new Map(this.nameOf.map((name, position) => [name, position])));
  }

  /** The names in the order of the walk. */
  get nameOf(): readonly string[] {
    if (this.names === undefined) {
      const { tables } = this;
      const names = new Array<string>(tables.count(at.TEAM)).fill("");
      for (let row = 0; row < names.length; row += 1)
        names[tables.get(at.TEAM, row, at.TEAM_ENTER)] = tables.text(tables.get(at.TEAM, row, at.ID));
      this.names = names;
    }
    return this.names;
  }

  /** What some teams cover. */
  cover(teams: ArrayLike<number>): TeamSet {
    const { tables } = this;
    return this.of(
      Array.from(teams, (team) => [
        tables.get(at.TEAM, team - 1, at.TEAM_ENTER),
        tables.get(at.TEAM, team - 1, at.TEAM_LEAVE),
      ]),
    );
  }

  /** What some teams cover, by their positions in the walk, where none covers another. */
  among(positions: readonly number[]): TeamSet {
    return this.of(positions.map((position) => [position, position + 1]));
  }

  private of(intervals: Interval[]): TeamSet {
    return new TeamSet(
      this,
      merged(
        intervals.sort((a, b) => a[0] - b[0]),
        [],
      ),
    );
  }
}

/** Teams that a set may have for its names to be kept with a check. */
const FEW = 64;

/** From where to where in the walk. */
type Interval = readonly [from: number, to: number];

/** A union of subtrees, or what is left of one. */
export class TeamSet implements Teams {
  private readonly forest: Forest;
  private readonly intervals: readonly Interval[];

  constructor(forest: Forest, intervals: readonly Interval[]) {
    this.forest = forest;
    this.intervals = intervals;
  }

  has(name: string): boolean {
    const { intervals } = this;
    const position = this.forest.positionOf.get(name);
    if (position === undefined) return false;
    const at = firstBehind(intervals, position);
    return at < intervals.length && (intervals[at] as Interval)[0] <= position;
  }

  get key(): string {
    return this.intervals.join();
  }

  isEmpty(): boolean {
    return this.intervals.length === 0;
  }

  quick(): Pick<Teams, "has"> {
    return this.intervals.reduce((sum, [from, to]) => sum + to - from, 0) <= FEW ? new Set(this) : this;
  }

  with(other: TeamSet): TeamSet {
    return other === this ? this : new TeamSet(this.forest, merged(this.intervals, other.intervals));
  }

  without(other: TeamSet): TeamSet {
    const left: Interval[] = [];
    for (const interval of this.intervals) {
      const [from, to] = interval;
      let start = from;
      for (let at = firstBehind(other.intervals, start); at < other.intervals.length && start < to; at += 1) {
        const [cut, end] = other.intervals[at] as Interval;
        if (cut >= to) break;
        if (cut > start) left.push([start, cut]);
        start = Math.max(start, end);
      }
      // Mostly nothing was cut: many sets hold the same interval.
      if (start < to) left.push(start > from ? [start, to] : interval);
    }
    return new TeamSet(this.forest, left);
  }

  isWithin({ intervals }: TeamSet): boolean {
    // No two intervals of a set touch, so each lies within a single one.
    return this.intervals.every(([from, to]) => {
      const at = firstBehind(intervals, from);
      const [start, end] = at < intervals.length ? (intervals[at] as Interval) : [to, from];
      return start <= from && to <= end;
    });
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const [from, to] of this.intervals) yield* this.forest.nameOf.slice(from, to);
  }
}

/** The first of some intervals that reaches beyond a position. */
function firstBehind(intervals: readonly Interval[], position: number): number {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle] as Interval)[1] <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The union of two lists of intervals, each in the order of where they begin. */
function merged(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const all: Interval[] = [];
  let last: Interval | undefined;
  for (let [i, k] = [0, 0]; i < a.length || k < b.length; ) {
    // What stands behind the end of a list may come from a prototype.
    const isLeft = k === b.length || (i < a.length && (a[i] as Interval)[0] <= (b[k] as Interval)[0]);
    const next = (isLeft ? a[i++] : b[k++]) as Interval;
    if (last === undefined || next[0] > last[1]) all.push((last = next));
    else if (next[1] > last[1]) all[all.length - 1] = last = [last[0], next[1]];
  }
  return all;
}
