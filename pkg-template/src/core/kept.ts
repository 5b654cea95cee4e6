// A map that forgets: what was not asked for the longest goes first, one by one, when all of it takes more
// than it may.

interface Entry<V> {
  readonly value: V;
  bytes: number;
}

/**
 * Values that can be made again, within a bound of bytes. Bytes are estimates: they only have to grow with
 * what is kept.
 */
export class Kept<K, V> {
  private readonly entries: Map<K, Entry<V>> = new Map();
  private readonly most: number;
  private bytes = 0;

  constructor(most: number) {
    this.most = most;
  }

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    // The one that was asked last stands at the end.
    if (this.bytes > this.most / 2) {
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    return entry.value;
  }

  add(key: K, value: V, bytes: number): V {
    this.remove(key);
    this.entries.set(key, { value, bytes: 0 });
    this.grow(key, value, bytes);
    return value;
  }

  /** A value takes more than before. One that was forgotten counts no more. */
  grow(key: K, value: V, bytes: number): void {
    const entry = this.entries.get(key);
    if (entry?.value !== value) return;
    entry.bytes += bytes;
    this.bytes += bytes;
    for (const [oldest] of this.entries) {
      if (this.bytes <= this.most) return;
      this.remove(oldest);
    }
  }

  private remove(key: K): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.bytes -= entry.bytes;
    this.entries.delete(key);
  }
}
