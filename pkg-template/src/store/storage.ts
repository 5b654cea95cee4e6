// `rolegate/store/storage`: stores the last good answer of a store in IndexedDB.

import { keep } from "./kept.js";
import type { StoreStorage } from "./types.js";

export type { StoreStorage } from "./types.js";

const KEPT = "kept";

/**
 * Stores the last good answer in a database of the page's origin. If the browser has closed the database, it
 * is opened again.
 * @param name of the database
 */
export function indexedDb(name = "rolegate"): StoreStorage {
  let opening: Promise<IDBDatabase> | undefined;

  const open = (): Promise<IDBDatabase> =>
    (opening ??= new Promise<IDBDatabase>((done, failed) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(KEPT);
      request.onerror = () => failed(request.error);
      request.onsuccess = () => {
        const database = request.result;
        const leave = (): void => {
          database.close();
          opening = undefined;
        };
        database.onclose = leave;
        // Another page wants to delete it, or has a newer version.
        database.onversionchange = leave;
        done(database);
      };
    }));

  const once = async (
    mode: IDBTransactionMode,
    use: (kept: IDBObjectStore) => IDBRequest,
  ): Promise<unknown> => {
    const database = await open();
    return new Promise((done, failed) => {
      const transaction = database.transaction(KEPT, mode);
      const request = use(transaction.objectStore(KEPT));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = transaction.onerror = () => failed(transaction.error ?? request.error);
    });
  };

  const run = async (
    mode: IDBTransactionMode,
    use: (kept: IDBObjectStore) => IDBRequest,
  ): Promise<unknown> => {
    try {
      return await once(mode, use);
    } catch (error) {
      opening = undefined;
      // Only the error of a closed database is worth another attempt.
      if ((error as Error | null)?.name !== "InvalidStateError") throw error;
      return once(mode, use);
    }
  };

  return {
    keep,
    get: (key) => run("readonly", (kept) => kept.get(key)),
    set: (key, value) => run("readwrite", (kept) => kept.put(value, key)),
    delete: (key) => run("readwrite", (kept) => kept.delete(key)),
  };
}
