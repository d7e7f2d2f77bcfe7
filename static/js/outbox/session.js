/** Who is signed in on this machine, and the last known answers of the park for that person. */

const SESSION = "session";
const ACTIVE = "active_at";
const IDLE = 15 * 60_000;
const NOTED_EVERY = 30_000;
const DAY = 86_400_000;
// A six-digit PIN holds off nobody for long who has the disk: what it closes is kept for a day.
const KEPT_FOR = { pin: DAY, secret: 7 * DAY };
const OLD_NAMES = ["kept_me", "kept_inbox", "kept_my_record", "seal_key"];

const isWorkerOnly = (roles) => roles.length > 0 && roles.every((role) => role === "worker");

// A worker's phone and the laptop of a gate stay open; whoever sees the health of others is signed out when idle.
const mayIdle = (roles) => roles.some((role) => role !== "worker" && role !== "gate");

const sameBytes = (one, other) => Boolean(one && other) && one.iv.every((byte, at) => byte === other.iv[at]);

/** A worker's own word without what the park said of the health: enough to answer on the next day. */
const withoutHealth = (me) => ({ ...me, check_in: null, inbox: { unread: 0 } });

/**
 * ports: store (store.js), clock, seal (seal.js), vault (vault.js). Without a seal, on plain HTTP, copies stay
 * in memory only: another network could pose as the same address and read what is stored.
 */
export function createSession({ store, clock = { now: () => Date.now() }, seal = null, vault = null }) {
  const inMemory = new Map();

  const copyName = (owner, name) => `kept_${owner}_${name}`;

  const tokenOf = async (row) => {
    if (!row.key) return row.token;
    const held = await seal.open(row.key, row.held, row.owner);
    return held && held.token;
  };

  async function isIdle(row) {
    if (!row.idles) return false;
    return clock.now() - ((await store.read(ACTIVE)) || 0) > IDLE;
  }

  /** The session row, unless it was left alone for too long: then its key goes, now. */
  async function opened() {
    const row = (await store.read(SESSION)) || null;
    if (!row || !(await isIdle(row))) return row;
    await leave(row);
    return null;
  }

  async function current() {
    const row = await opened();
    if (!row) return null;
    const { serial, owner, roles, expires_at, stamp = null, idles = false } = row;
    return { serial, token: await tokenOf(row), expires_at, roles, owner, stamp, idles };
  }

  /** What closes and opens things of whoever is signed in; null on plain HTTP and when nobody is. */
  async function cipher() {
    const row = seal && (await opened());
    if (!row || !row.key) return null;
    return {
      owner: row.owner,
      stamp: row.stamp,
      token: await tokenOf(row),
      close: (value, about) => seal.close(row.key, value, about),
      open: (sealed, about) => seal.open(row.key, sealed, about),
    };
  }

  async function forgetCopies(owner) {
    const names = await store.names(`kept_${owner}_`);
    await Promise.all(names.map((name) => store.forget(name)));
  }

  async function trimCopies(row) {
    const me = await openCopy(row, "me");
    await forgetCopies(row.owner);
    if (me) await closeCopy(row, "me", { ...me, value: withoutHealth(me.value) });
  }

  /** The key and the open token go; a worker's copies shrink to what the next answer needs. */
  async function leave(row) {
    inMemory.clear();
    if (row.key && isWorkerOnly(row.roles)) await trimCopies(row).catch(() => forgetCopies(row.owner));
    await store.update(SESSION, (now) => (now && now.serial === row.serial ? null : now));
  }

  async function newRow({ owner, roles, expires_at, idles, ...more }) {
    const serial = await store.update("session_serial", (last) => (last || 0) + 1);
    await store.write(ACTIVE, clock.now());
    const row = { serial, owner, roles, expires_at, idles, ...more };
    await store.write(SESSION, row);
    return row;
  }

  /** Tells what was closed under one token from what was closed under the next. */
  const newStamp = () => store.update("stamp", (last) => (last || 0) + 1);

  async function keyFor(credentials, owner, before) {
    if (vault && credentials) return vault.make(credentials, owner);
    if (before && before.owner === owner && before.key) return { id: before.vault, key: before.key, fresh: false };
    return { id: null, key: await seal.newKey(), fresh: true };
  }

  /**
   * `answer` is what POST /sign-in gave, `credentials` what was typed ({login, secret} or {company, badge, pin}).
   * `personal`: the person's own phone, which does not sign itself out. Unsent actions of others stay.
   */
  async function start(answer, credentials = null, { personal = true } = {}) {
    const before = (await store.read(SESSION)) || null;
    const { token, expires_at = null, roles = [], account_id: owner = null } = answer;
    if (!before || !owner || before.owner !== owner) inMemory.clear();
    if (before && before.owner !== owner) await leave(before);
    const idles = !personal && mayIdle(roles);
    if (!seal || !owner) return newRow({ owner, roles, expires_at, idles, token });
    const { id, key, fresh } = await keyFor(credentials, owner, before);
    if (fresh) await forgetCopies(owner);
    const held = await seal.close(key, { token }, owner);
    const stamp = await newStamp();
    const means = credentials && credentials.secret !== undefined ? "secret" : "pin";
    const row = await newRow({ owner, roles, expires_at, idles, key, held, stamp, vault: id, means });
    if (id) await vault.hold(id, { sealed: held, owner, roles, expires_at, idles, stamp, means });
    return row;
  }

  /** Without the park: `{state}` as the vault says; "open" when the person is signed in on their last known data. */
  async function startOffline(credentials) {
    if (!vault) return { state: "unknown" };
    const found = await vault.open(credentials);
    if (found.state !== "open") return found;
    const { sealed, owner, roles, expires_at, idles, stamp, means } = found.record.held;
    const before = (await store.read(SESSION)) || null;
    if (before && before.owner !== owner) await leave(before);
    await newRow({ owner, roles, expires_at, idles, key: found.key, held: sealed, stamp, vault: found.id, means });
    return { state: "open", roles };
  }

  /** Only if `used` is still the token here: somebody may have signed in meanwhile. */
  async function renew(used, token, expires_at = null) {
    const row = (await store.read(SESSION)) || null;
    if (!row || (await tokenOf(row)) !== used) return;
    const news = row.key
      ? { held: await seal.close(row.key, { token }, row.owner), stamp: await newStamp(), expires_at }
      : { token, expires_at };
    const same = (now) => now.serial === row.serial && (row.key ? sameBytes(now.held, row.held) : now.token === used);
    await store.update(SESSION, (now) => (now && same(now) ? { ...now, ...news } : now));
    if (!row.vault) return;
    const { owner, roles, idles, means } = row;
    await vault.hold(row.vault, { sealed: news.held, owner, roles, expires_at, idles, stamp: news.stamp, means });
  }

  async function closeCopy(row, name, copy) {
    const sealed = await seal.close(row.key, copy, name);
    await store.write(copyName(row.owner, name), { ...sealed, at: copy.at, means: row.means });
  }

  async function openCopy(row, name) {
    const stored = await store.read(copyName(row.owner, name));
    return stored ? seal.open(row.key, stored, name) : null;
  }

  /** Keeps a copy of what the session `serial` was told; `me` also says whose actions follow. */
  async function keep(name, value, { at, serial }) {
    const same = (row) => Boolean(row) && row.serial === serial;
    if (name === "me") {
      await store.update(SESSION, (row) => (same(row) && !row.key ? { ...row, owner: value.account.id } : row));
    }
    const row = await opened();
    if (!same(row)) return;
    const copy = { owner: row.owner, value, at };
    inMemory.set(name, copy);
    if (row.key) await closeCopy(row, name, copy);
  }

  /** `{value, at}` of the signed-in person, or null. */
  async function kept(name) {
    const row = await opened();
    if (!row) return null;
    const copy = inMemory.get(name) || (row.key ? await openCopy(row, name) : null);
    return copy && copy.owner === row.owner ? { value: copy.value, at: copy.at } : null;
  }

  /** Signs out on this machine. Actions stay in the outbox; of a worker nothing else does. */
  async function end() {
    const row = (await store.read(SESSION)) || null;
    if (!row) return inMemory.clear();
    await leave(row);
    if (isWorkerOnly(row.roles)) await forgetPerson(row);
    return undefined;
  }

  async function forgetPerson(row) {
    await forgetCopies(row.owner);
    if (row.vault) await vault.forget(row.vault);
  }

  /** The secret was changed: what the old one closed must not open any more. */
  async function forgetVault() {
    const row = (await store.read(SESSION)) || null;
    if (row && row.vault) await vault.forget(row.vault);
  }

  /** Somebody is at the machine. */
  const touch = () =>
    store.update(ACTIVE, (last) => (last && Math.abs(clock.now() - last) < NOTED_EVERY ? last : clock.now()));

  /** Copies too old to be worth their risk go, and those of an earlier version. */
  async function prune() {
    await Promise.all(OLD_NAMES.map((name) => store.forget(name)));
    for (const name of await store.names("kept_")) {
      const copy = await store.read(name);
      if (copy && clock.now() - copy.at > (KEPT_FOR[copy.means] || DAY)) await store.forget(name);
    }
  }

  /** This machine's own random name, 128 bits as hex; made once. */
  async function deviceId(random) {
    const made = Array.from(random(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return store.update("device_id", (id) => id || made);
  }

  return {
    current,
    cipher,
    start,
    startOffline,
    renew,
    keep,
    kept,
    end,
    forgetVault,
    touch,
    prune,
    deviceId,
  };
}
