/** The outbox's store in IndexedDB. A write is done when the disk has it, not before. */
import { openDB } from "../../vendor/idb-8.0.4/index.js";

const NAME = "an-ca";
const VERSION = 1;
const STRICT = { durability: "strict" };

function upgrade(database) {
  // Order is the order of saving (seq), never a clock and never the key.
  database.createObjectStore("items", { keyPath: "seq", autoIncrement: true }).createIndex("key", "key", { unique: true });
  database.createObjectStore("values");
}

/** The port that outbox.js and session.js use; tests/js/memory-store.js is its fake. */
export function openStore() {
  let opened = null;

  async function database() {
    opened = opened || openDB(NAME, VERSION, { upgrade, terminated: () => (opened = null) });
    try {
      return await opened;
    } catch (failure) {
      opened = null;
      throw failure;
    }
  }

  async function writing(name, work) {
    const transaction = (await database()).transaction(name, "readwrite", STRICT);
    // Both are awaited together, so that a failed write never leaves a rejection unheard.
    const [result] = await Promise.all([work(transaction.store), transaction.done]);
    return result;
  }

  /** Keeps a new item; refused when its key is known. */
  const add = (item) => writing("items", (items) => items.add(item));

  /** Every item, oldest first. */
  const all = async () => (await database()).getAll("items");

  /** Puts `work(item)` in place of each item in one transaction; undefined leaves it as it is. */
  const change = (keys, work) =>
    writing("items", async (items) => {
      for (const key of keys) {
        const item = await items.index("key").get(key);
        const next = item && work(item);
        if (next) await items.put({ ...next, seq: item.seq });
      }
    });

  const remove = (keys) =>
    writing("items", async (items) => {
      for (const key of keys) {
        const seq = await items.index("key").getKey(key);
        if (seq !== undefined) await items.delete(seq);
      }
    });

  const read = async (name) => (await database()).get("values", name);

  const write = (name, value) => writing("values", (values) => values.put(value, name));

  /** The names that begin so. */
  const names = async (prefix) =>
    (await database()).getAllKeys("values", IDBKeyRange.bound(prefix, `${prefix}\uffff`));

  const forget = (name) => writing("values", (values) => values.delete(name));

  /** Puts `work(value)` in place of a named value in one transaction; gives what is there now. */
  const update = (name, work) =>
    writing("values", async (values) => {
      const next = work(await values.get(name));
      if (next !== undefined) await values.put(next, name);
      return next;
    });

  return { add, all, change, remove, read, write, names, forget, update };
}
