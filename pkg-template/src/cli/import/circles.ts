// References that close a circle, which roles cannot have.

/**
 * The references of a graph that do not lead back to where they come from, walking in its order; and those that
 * do.
 */
export function withoutCircles(graph: ReadonlyMap<string, ReadonlySet<string>>): {
  readonly kept: readonly (readonly [from: string, to: string])[];
  readonly closing: readonly (readonly [from: string, to: string])[];
} {
  const kept: [string, string][] = [];
  const closing: [string, string][] = [];
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const open = new Set<string>();
    const stack: { readonly name: string; readonly next: Iterator<string> }[] = [];
    const enter = (name: string): void => {
      open.add(name);
      stack.push({ name, next: (graph.get(name) ?? new Set<string>()).values() });
    };
    if (!done.has(start)) enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { name } = top;
      const { done: isLast, value: to } = top.next.next();
      if (isLast) {
        stack.pop();
        open.delete(name);
        done.add(name);
      } else if (open.has(to)) closing.push([name, to]);
      else {
        kept.push([name, to]);
        if (!done.has(to)) enter(to);
      }
    }
  }
  return { kept, closing };
}
