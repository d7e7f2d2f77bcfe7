/**
 * What one person kept on this machine opens with what that person types at sign-in, also without the park:
 * a random data key, wrapped under a key derived from the secret or PIN. Secure contexts only.
 */

// OWASP's advice for PBKDF2-HMAC-SHA256; each vault remembers its own number, so this may grow.
const ITERATIONS = 600_000;
const FREE_TRIES = 5;
const FIRST_WAIT = 60_000;
const LONGEST_WAIT = 3_600_000;
const PEPPER = "pepper";

const bytesOf = (text) => new TextEncoder().encode(text);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Milliseconds until the next try after so many wrong ones. Never for good. */
export const waitAfterWrong = (tries) =>
  tries < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (tries - FREE_TRIES), LONGEST_WAIT);

const plain = (text) => String(text || "").normalize("NFC").trim().toLowerCase();

// As the park compares badges: "sb 20417" is SB-20417.
const bare = (text) => plain(text).replace(/[^\p{L}\p{N}]/gu, "");

const nameOf = ({ login, company, badge }) =>
  login === undefined ? `badge:${bare(company)}:${bare(badge)}` : `login:${plain(login)}`;

const secretOf = ({ secret, pin }) => String(secret === undefined ? pin : secret).normalize("NFC");

/** ports: subtle, seal (seal.js), random, store (store.js), clock. */
export function createVault({ subtle, seal, random, store, clock, iterations = ITERATIONS }) {
  // It cannot be read out by script: guessing a PIN needs this browser, or its files taken apart.
  async function pepper() {
    const known = await store.read(PEPPER);
    if (known) return known;
    const made = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return store.update(PEPPER, (other) => other || made);
  }

  const mixed = async (bytes) => subtle.sign("HMAC", await pepper(), bytes);

  /** Under which name a person's vault is kept: nobody reads a login out of it. */
  const idOf = async (credentials) => hex(await mixed(bytesOf(nameOf(credentials)))).slice(0, 32);

  async function wrappingKey(credentials, salt, rounds) {
    const typed = await subtle.importKey("raw", bytesOf(secretOf(credentials)), "PBKDF2", false, ["deriveBits"]);
    const derived = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, typed, 256);
    return seal.keyOf(await mixed(derived));
  }

  const read = (id) => store.read(`vault_${id}`);

  const change = (id, work) => store.update(`vault_${id}`, (record) => record && work(record));

  async function unwrapped(id, record, credentials) {
    const raw = await seal.openBytes(await wrappingKey(credentials, record.salt, record.iterations), record.wrapped, id);
    return raw && seal.keyOf(raw);
  }

  async function build(id, owner, credentials) {
    const raw = random(32);
    const salt = random(16);
    const wrapped = await seal.closeBytes(await wrappingKey(credentials, salt, iterations), raw, id);
    const key = await seal.keyOf(raw);
    raw.fill(0);
    await store.write(`vault_${id}`, { owner, salt, iterations, wrapped, tries: 0, wait_until: 0, held: null });
    return { id, key, fresh: true };
  }

  /**
   * The vault of somebody whom the park has just let in. One that another secret closed is lost with
   * its copies, which the park has; what is not sent yet is sealed to the park as well.
   */
  async function make(credentials, owner) {
    const id = await idOf(credentials);
    const record = await read(id);
    const key = record && record.owner === owner ? await unwrapped(id, record, credentials) : null;
    if (!key) return build(id, owner, credentials);
    await change(id, (known) => ({ ...known, tries: 0, wait_until: 0 }));
    return { id, key, fresh: false };
  }

  // Counted before it is looked at, so that a closed tab does not take a wrong try back.
  async function beginTry(id) {
    let wait = 0;
    const now = clock.now();
    await change(id, (record) => {
      wait = Math.min(record.wait_until - now, LONGEST_WAIT);
      if (wait > 0) return record;
      return { ...record, tries: record.tries + 1, wait_until: now + waitAfterWrong(record.tries + 1) };
    });
    return wait;
  }

  /** Without the park: `{state: "unknown" | "wait" | "wrong" | "open", wait, id, key, record}`. */
  async function open(credentials) {
    const id = await idOf(credentials);
    const record = await read(id);
    if (!record || !record.held) return { state: "unknown" };
    const wait = await beginTry(id);
    if (wait > 0) return { state: "wait", wait };
    const key = await unwrapped(id, record, credentials);
    if (!key) return { state: "wrong" };
    await change(id, (known) => ({ ...known, tries: 0, wait_until: 0 }));
    return { state: "open", id, key, record };
  }

  /** Puts what opens with the vault into it: the token, closed under the data key, and whose session it makes. */
  const hold = (id, held) => change(id, (record) => ({ ...record, held }));

  const forget = (id) => store.forget(`vault_${id}`);

  return { make, open, hold, forget };
}
