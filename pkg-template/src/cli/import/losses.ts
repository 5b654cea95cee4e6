// What an import loses, or changes.

import type { Item } from "./item.js";

/**
 * - `lost`: the snapshot does not say it. A grant is left out; what restricts holds always.
 * - `changed`: the snapshot says it in another way, or something that is not the same in every case.
 */
type LossKind = "lost" | "changed";

export interface Loss {
  readonly kind: LossKind;
  readonly place: Item;
  readonly what: string;
  readonly why: string;
}

/** Collects them, each once. */
export class Losses {
  readonly #found = new Map<string, Loss>();

  lost(place: Item, what: string, why: string): void {
    this.#add({ kind: "lost", place, what, why });
  }

  changed(place: Item, what: string, why: string): void {
    this.#add({ kind: "changed", place, what, why });
  }

  #add(loss: Loss): void {
    const { source, path } = loss.place;
    this.#found.set(JSON.stringify([source.file, path, loss.kind, loss.what, loss.why]), loss);
  }

  get all(): readonly Loss[] {
    return [...this.#found.values()];
  }
}
