/** Who is signed in on this phone, and the last known answers of the park for that person. */

const SESSION = "session";
const KEPT = ["me", "inbox", "my_record"];

/**
 * ports: store (store.js) and seal (seal.js). Without a seal, on plain HTTP, copies stay in memory only:
 * another network could pose as the same address and read what is stored.
 */
export function createSession({ store, seal = null }) {
  const inMemory = new Map();

  const current = async () => (await store.read(SESSION)) || null;

  async function forgetCopies() {
    inMemory.clear();
    await Promise.all(KEPT.map((name) => store.forget(`kept_${name}`)));
    if (seal) await seal.forget();
  }

  /** `answer` is what POST /sign-in gave. Another person's copies go; their unsent actions stay. */
  async function start(answer) {
    const before = await current();
    const owner = answer.account_id || null;
    if (!before || !owner || before.owner !== owner) await forgetCopies();
    const { token, expires_at = null, roles = [] } = answer;
    const serial = await store.update("session_serial", (last) => (last || 0) + 1);
    await store.write(SESSION, { serial, token, expires_at, roles, owner });
  }

  /** Only if `used` is still the token here: somebody may have signed in meanwhile. */
  async function renew(used, token, expires_at = null) {
    await store.update(SESSION, (session) =>
      session && session.token === used ? { ...session, token, expires_at } : session,
    );
  }

  /** Keeps a copy of what the session `serial` was told; `me` also says whose actions follow. */
  async function keep(name, value, { at, serial }) {
    const same = (session) => Boolean(session) && session.serial === serial;
    if (name === "me") {
      await store.update(SESSION, (session) => (same(session) ? { ...session, owner: value.account.id } : session));
    }
    const now = await current();
    if (!same(now)) return;
    const copy = { owner: now.owner, value, at };
    inMemory.set(name, copy);
    if (seal) await store.write(`kept_${name}`, await seal.close(copy));
  }

  /** `{value, at}` of the signed-in person, or null. */
  async function kept(name) {
    const now = await current();
    if (!now) return null;
    const stored = inMemory.has(name) ? null : await store.read(`kept_${name}`);
    const copy = inMemory.get(name) || (stored && seal ? await seal.open(stored) : null);
    return copy && copy.owner === now.owner ? { value: copy.value, at: copy.at } : null;
  }

  /** Signs out on this phone. Actions stay in the outbox for their owner. */
  async function end() {
    await store.forget(SESSION);
    await forgetCopies();
  }

  /** This phone's own random name, 128 bits as hex; made once. */
  async function deviceId(random) {
    const made = Array.from(random(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return store.update("device_id", (id) => id || made);
  }

  return { current, start, renew, keep, kept, end, deviceId };
}
