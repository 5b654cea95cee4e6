// A walk that needs no stack: what refers to each other in a document may be in chains of any length.

/**
 * Visits a node after all that it refers to; within a circle in some order. A node may be visited again in a
 * later walk.
 */
export function eachAfter(
  node: number,
  refersTo: (node: number) => Iterable<number>,
  visit: (node: number) => void,
): void {
  const entered = new Set<number>();
  const open = [node];
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    if (entered.has(next)) {
      open.pop();
      visit(next);
    } else {
      entered.add(next);
      for (const other of refersTo(next)) if (!entered.has(other)) open.push(other);
    }
  }
}
