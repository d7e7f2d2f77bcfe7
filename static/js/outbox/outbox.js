/** Keeps every action on this phone before anything else, and sends it until the park has it. */
import { deliver, deliverParcels } from "./delivery.js";
import { isoWithOffset } from "./moment.js";
import { heads, parcelHeads, sendable, sendableParcels } from "./order.js";
import { createShelf } from "./shelf.js";
import { uuid7 } from "./uuid7.js";

const MOST_IN_A_BATCH = 50;
const LOCK = "an-ca-outbox";
const KEEP_RECEIVED = 7 * 86_400_000;
const SAFETY_WAIT = 15_000;
const LONGEST_REST = 300_000;

/** Raised when nobody has signed in on this phone: an action without an owner is not kept. */
export class NobodySignedIn extends Error {}

/**
 * ports: store (store.js), session (session.js), api (api.js), clock {now(), eastMinutes(at)},
 * random(n) -> bytes, schedule(work, ms) -> cancel, locks (navigator.locks or null), tell() for other tabs,
 * parcels (parcel.js, or null on plain HTTP).
 */
export function createOutbox({
  store,
  session,
  api,
  clock,
  random,
  schedule,
  locks = null,
  tell = () => {},
  parcels = null,
}) {
  const shelf = createShelf({ store, session, parcels });
  const listeners = new Set();
  let running = null;
  let again = null;
  let flushes = 0;
  let cancelTimer = () => {};
  let sending = false;

  function changed({ everywhere = true } = {}) {
    listeners.forEach((listener) => listener());
    if (everywhere) tell();
  }

  function setSending(value) {
    if (sending === value) return;
    sending = value;
    changed({ everywhere: false });
  }

  async function keep(kind, said) {
    const current = await session.current();
    if (!current || !current.owner) throw new NobodySignedIn();
    const now = clock.now();
    const offset = await api.clockOffset();
    const item = {
      key: uuid7(now, random),
      owner: current.owner,
      kind,
      made_at: isoWithOffset(now, clock.eastMinutes(now)),
      ...(offset === null ? {} : { offset_ms: offset }),
      ...said,
      state: "saved",
      tries: 0,
      next_try_at: 0,
      held_by: null,
      answer: null,
    };
    await shelf.add(item);
    changed();
    flush();
    return item;
  }

  const composed = (value) => JSON.parse(JSON.stringify(value).normalize("NFC"));

  const save = (kind, body) => keep(kind, { body: composed(body) });

  /**
   * Keeps an action that this device itself cannot read again. `content` is `{credential, body, …}` as the park
   * opens it; `seal(content)` gives the compact JWE that is kept and sent in place of a body.
   */
  const saveSealed = async (kind, content, seal) => keep(kind, { sealed: await seal(composed(content)) });

  /** Whoever is signed in with what they may send now. */
  async function due(eager) {
    const current = await session.current();
    const all = await shelf.all();
    const now = clock.now();
    const parcels = sendableParcels(all, { now, eager });
    if (!current || !current.token || !current.owner) return { current: null, items: [], parcels };
    return { current, items: sendable(all, { owner: current.owner, now, eager }), parcels };
  }

  /**
   * A person who is back: what was kept under an earlier token is closed for the park again, and what came
   * back while somebody else was here is asked about once more, since only its owner is told why.
   */
  async function takeUp() {
    const cipher = await session.cipher();
    if (!cipher) return;
    if (parcels) await parcels.learnKey((path) => api.send(path, { method: "GET" }), cipher.stamp);
    const mine = (await shelf.all()).filter((item) => item.owner === cipher.owner && !item.locked);
    const untold = (item) => item.state === "refused" && item.told && !item.dismissed_at;
    const old = (item) => item.state === "saved" && (item.stamp !== cipher.stamp || (parcels && !item.parcel));
    const keys = mine.filter((item) => untold(item) || old(item)).map((item) => item.key);
    await shelf.change(keys, (item) => {
      if (item.locked) return undefined;
      return untold(item) ? { ...item, state: "saved", answer: null, next_try_at: 0 } : item;
    });
  }

  async function drain(eager) {
    let hurry = eager;
    let limit = MOST_IN_A_BATCH;
    await takeUp();
    for (;;) {
      const { current, items, parcels: closed } = await due(hurry);
      if (items.length + closed.length === 0) return;
      setSending(true);
      const ports = { current, limit, api, shelf, session, clock, random };
      const outcome = items.length > 0 ? await deliver(items, ports) : await deliverParcels(closed, ports);
      changed();
      if (outcome === "stopped") return;
      if (outcome === "split") limit = 1;
      else hurry = true;
    }
  }

  async function underLock(work) {
    if (!locks) {
      await work();
      return true;
    }
    return locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await work();
      return Boolean(lock);
    });
  }

  // A trigger that met a busy flusher, here or in another tab, is answered by this one looking again
  // after it has let go of the lock.
  async function run(eager) {
    let next = { eager };
    while (next) {
      again = null;
      const mine = await underLock(() => drain(next.eager));
      if (!mine) return;
      const { items, parcels: closed } = await due(false);
      next = again || (items.length + closed.length > 0 ? { eager: false } : null);
    }
  }

  /** Sends what may go now. `eager`: something says the road is open, so do not wait for the timer. */
  function flush({ eager = false } = {}) {
    if (running) {
      again = { eager: eager || Boolean(again && again.eager) };
      return running;
    }
    cancelTimer();
    flushes += 1;
    running = run(eager)
      .catch(() => {})
      .then(() => {
        running = null;
        setSending(false);
        return again ? flush(again) : rest();
      });
    return running;
  }

  // Books the next try. Reading takes a while: if a flush began meanwhile, that one will book.
  async function rest() {
    const turn = flushes;
    const current = await session.current().catch(() => null);
    const all = await shelf.all().catch(() => []);
    const waiting = [...(current ? heads(all, current.owner) : []), ...parcelHeads(all)];
    if (turn !== flushes || waiting.length === 0) return;
    const soonest = Math.min(...waiting.map((item) => item.next_try_at)) - clock.now();
    const wait = soonest > 0 ? Math.min(soonest, LONGEST_REST) : SAFETY_WAIT;
    cancelTimer = schedule(() => flush(), wait);
  }

  /** Kept actions of whoever is signed in, oldest first. */
  async function list() {
    const current = await session.current();
    if (!current || !current.owner) return [];
    return (await shelf.all()).filter((item) => item.owner === current.owner && !item.locked);
  }

  /** How many actions wait here that whoever is signed in cannot open: other people's, by number only. */
  async function countOthers() {
    const current = await session.current();
    const owner = current && current.owner;
    return (await shelf.all()).filter((item) => item.state === "saved" && (item.locked || item.owner !== owner)).length;
  }

  /** How many actions of anybody lie here still to be sent. */
  const countWaiting = async () => (await shelf.all()).filter((item) => item.state === "saved").length;

  /** A person does not want to wait: everything is tried now, whatever it was waiting for. */
  async function sendNow() {
    const waiting = (await shelf.all()).filter((item) => item.state === "saved").map((item) => item.key);
    await shelf.change(waiting, (item) => (item.state === "saved" ? { ...item, next_try_at: 0 } : undefined));
    await flush({ eager: true });
  }

  const countUnsent = async () => (await list()).filter((item) => item.state === "saved").length;

  /** A person has read why an action came back; nothing else may take it out of sight. */
  async function dismiss(key) {
    await shelf.change([key], (item) =>
      item.state === "refused" ? { ...item, dismissed_at: clock.now() } : undefined,
    );
    changed();
  }

  async function prune() {
    const limit = clock.now() - KEEP_RECEIVED;
    const done = (item) =>
      (item.state === "received" && (item.sealed !== undefined || item.closed_at < limit)) ||
      (item.state === "refused" && item.dismissed_at && item.dismissed_at < limit);
    const old = (await shelf.all()).filter(done).map((item) => item.key);
    if (old.length > 0) await shelf.remove(old);
  }

  function subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    save,
    saveSealed,
    flush,
    list,
    countUnsent,
    countOthers,
    countWaiting,
    sendNow,
    dismiss,
    prune,
    subscribe,
    changedElsewhere: () => changed({ everywhere: false }),
    isSending: () => sending,
  };
}
