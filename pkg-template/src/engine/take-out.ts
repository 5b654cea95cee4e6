// Snapshots outside of the engine's memory, for whoever loads one after the other.

import { core } from "./core-engine.js";
import { type EngineSnapshot, freeIn, locations } from "./engine-snapshot.js";

/**
 * Takes a snapshot out of the instance. Nobody who collects memory knows what is in use in there: whoever loads
 * one snapshot after the other would fill it long before the first is collected.
 */
export function takeOut(snapshot: EngineSnapshot): void {
  // The registry has this one, and must not have the tables: nothing would be collected before it was told.
  const { location } = snapshot;
  const { tables } = location;
  tables.takeOver(true);
  freeIn(core, location.generation, (engine) => engine.free(location.handle));
  locations.delete(location);
  Object.assign(location, { generation: -1, tables: undefined });
  snapshot.location = {
    ...location,
    tables,
    get full() {
      return location.full;
    },
    set full(full) {
      location.full = full;
    },
  };
}
