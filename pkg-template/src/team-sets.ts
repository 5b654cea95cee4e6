// Sets of teams of a snapshot, as intervals of a walk through its forest: what a team covers is one interval, however many teams that
// are. Twin of src/query/teams.rs.

import * as at from "./layout.js";
import type { Teams } from "./parts.js";
import type { Tables } from "./tables.js";

/** The teams of a snapshot by name and by their position in the walk. */
export class Forest {
  private readonly tables: Tables;
  private positions: Map<string, number> | undefined = undefined;
  private names: string[] | undefined = undefined;

  constructor(tables: Tables) {
    this.tables = tables;
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
      for (let row = 0; row < names.length; row += 1) names[tables.get(at.TEAM, row, at.TEAM_ENTER)] = tables.text(tables.get(at.TEAM, row, at.ID));
      this.names = names;
    }
    return this.names;
  }

  /** What some teams cover. */
  cover(teams: ArrayLike<number>): TeamSet {
    const { tables } = this;
    return this.of(Array.from(teams, (team) => [tables.get(at.TEAM, team - 1, at.TEAM_ENTER), tables.get(at.TEAM, team - 1, at.TEAM_LEAVE)]));
  }

  private of(intervals: Interval[]): TeamSet {
    return new TeamSet(this, merged(intervals));
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
    let [low, high] = [0, intervals.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((intervals[middle] as Interval)[1] <= position) low = middle + 1;
      else high = middle;
    }
    return low < intervals.length && (intervals[low] as Interval)[0] <= position;
  }

  isEmpty(): boolean {
    return this.intervals.length === 0;
  }

  quick(): Pick<Teams, "has"> {
    return this.intervals.reduce((sum, [from, to]) => sum + to - from, 0) <= FEW ? new Set(this) : this;
  }

  with(other: TeamSet): TeamSet {
    return other === this ? this : new TeamSet(this.forest, merged([...this.intervals, ...other.intervals]));
  }

  without(other: TeamSet): TeamSet {
    const left: Interval[] = [];
    let next = 0;
    for (const [from, to] of this.intervals) {
      let start = from;
      while (next < other.intervals.length && (other.intervals[next] as Interval)[1] <= start) next += 1;
      for (let at = next; at < other.intervals.length && start < to; at += 1) {
        const [cut, end] = other.intervals[at] as Interval;
        if (cut >= to) break;
        if (cut > start) left.push([start, cut]);
        start = Math.max(start, end);
      }
      if (start < to) left.push([start, to]);
    }
    return new TeamSet(this.forest, left);
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const [from, to] of this.intervals) yield* this.forest.nameOf.slice(from, to);
  }
}

function merged(intervals: Interval[]): readonly Interval[] {
  if (intervals.length < 2) return intervals;
  const all: [number, number][] = [];
  for (const [from, to] of intervals.sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}
