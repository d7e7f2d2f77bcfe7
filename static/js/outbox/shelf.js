/**
 * The kept actions, closed per person: only their owner's session opens them. What is still to be sent lies
 * beside it closed for the park, so that it goes also while somebody else, or nobody, is signed in here.
 */

const CLEAR = [
  "seq",
  "key",
  "owner",
  "state",
  "tries",
  "next_try_at",
  "held_by",
  "closed_at",
  "dismissed_at",
  "rev",
  "stamp",
  "parcel",
  "told",
];

const part = (item, names) => Object.fromEntries(names.filter((name) => name in item).map((name) => [name, item[name]]));

const isClear = (name) => CLEAR.includes(name);

/** An action as the park takes it: what it says openly, or sealed by a device that cannot read it again. */
export const commandOf = ({ key, kind, made_at, offset_ms, body, sealed }) => ({
  key,
  kind,
  made_at,
  ...(offset_ms === undefined ? {} : { offset_ms }),
  ...(sealed === undefined ? { body } : { sealed }),
});

/** What of an action anybody may know: that it is there. */
const locked = (raw) => ({ ...part(raw, CLEAR), locked: true, kind: null, body: null, answer: null });

/** ports: store (store.js), session (session.js), parcels (parcel.js). Without a cipher things lie as they are. */
export function createShelf({ store, session, parcels = null }) {
  const known = new Map();

  async function opened(raw, cipher) {
    if (!raw.closed) return raw;
    if (!cipher || cipher.owner !== raw.owner) return locked(raw);
    const name = `${cipher.stamp} ${raw.key} ${raw.rev}`;
    if (!known.has(name)) known.set(name, await cipher.open(raw.closed, raw.key));
    const inside = known.get(name);
    if (!inside) return locked(raw);
    const { closed, ...clear } = raw;
    return { ...clear, ...structuredClone(inside), answer: inside.answer || raw.told || null };
  }

  async function parcelOf(item, cipher) {
    if (item.state !== "saved" || !parcels || !cipher.token) return null;
    if (item.parcel && item.stamp === cipher.stamp) return item.parcel;
    return parcels.close({ token: cipher.token, command: commandOf(item) });
  }

  /** An item as it lies on the disk. */
  async function packed(item, cipher) {
    const rev = (item.rev || 0) + 1;
    const { locked: isLocked, parcel: old, told, ...rest } = item;
    if (isLocked) return { clear: { ...part(item, CLEAR), rev }, closed: null };
    if (!cipher || cipher.owner !== item.owner) return { clear: { ...item, rev }, closed: null };
    const inside = part(rest, Object.keys(rest).filter((name) => !isClear(name)));
    const parcel = await parcelOf(item, cipher);
    const clear = { ...part(rest, CLEAR), rev, stamp: cipher.stamp, ...(parcel ? { parcel } : {}) };
    return { clear, closed: await cipher.close(inside, item.key) };
  }

  const laid = ({ clear, closed }, raw) => {
    const kept = closed || (raw && raw.closed);
    return kept ? { ...clear, closed: kept } : clear;
  };

  async function add(item) {
    return store.add(laid(await packed(item, await session.cipher()), null));
  }

  /** Every item, oldest first; those of others, and what no key opens any more, are `locked`. */
  async function all() {
    const cipher = await session.cipher();
    if (!cipher) known.clear();
    return Promise.all((await store.all()).map((raw) => opened(raw, cipher)));
  }

  /** Puts `work(item)` in place of each item; undefined leaves it. What changed meanwhile is looked at again. */
  async function change(keys, work) {
    let left = keys;
    while (left.length > 0) {
      const cipher = await session.cipher();
      const wanted = new Set(left);
      const seen = new Map();
      for (const raw of await store.all()) {
        if (!wanted.has(raw.key)) continue;
        const next = work(await opened(raw, cipher));
        if (next) seen.set(raw.key, { rev: raw.rev, next: await packed(next, cipher) });
      }
      const missed = [];
      await store.change([...seen.keys()], (raw) => {
        const { rev, next } = seen.get(raw.key);
        if (raw.rev === rev) return laid(next, raw);
        missed.push(raw.key);
        return undefined;
      });
      left = missed;
    }
  }

  return { add, all, change, remove: (keys) => store.remove(keys) };
}
