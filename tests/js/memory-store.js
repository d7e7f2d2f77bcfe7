/** The store port in memory: each call takes a few turns, and may be told to fail. */

const copy = (value) => (value === undefined ? undefined : structuredClone(value));

export function memoryStore({ turns = () => 1 } = {}) {
  let items = [];
  let seq = 0;
  const values = new Map();
  const failing = { writes: false };

  async function step({ writing }) {
    for (let turn = turns(); turn > 0; turn -= 1) await null;
    if (writing && failing.writes) throw new DOMException("full", "QuotaExceededError");
  }

  return {
    failing,
    async add(item) {
      await step({ writing: true });
      if (items.some((known) => known.key === item.key)) throw new DOMException("known", "ConstraintError");
      seq += 1;
      items.push(copy({ ...item, seq }));
      return seq;
    },
    async all() {
      await step({ writing: false });
      return copy(items);
    },
    async change(keys, work) {
      await step({ writing: true });
      items = items.map((item) => {
        const next = keys.includes(item.key) ? work(copy(item)) : undefined;
        return next ? copy({ ...next, seq: item.seq }) : item;
      });
    },
    async remove(keys) {
      await step({ writing: true });
      items = items.filter((item) => !keys.includes(item.key));
    },
    async read(name) {
      await step({ writing: false });
      return copy(values.get(name));
    },
    async write(name, value) {
      await step({ writing: true });
      values.set(name, copy(value));
    },
    async names(prefix) {
      await step({ writing: false });
      return [...values.keys()].filter((name) => name.startsWith(prefix));
    },
    async forget(name) {
      await step({ writing: true });
      values.delete(name);
    },
    async update(name, work) {
      await step({ writing: true });
      const next = work(copy(values.get(name)));
      if (next !== undefined) values.set(name, copy(next));
      return copy(next);
    },
  };
}
