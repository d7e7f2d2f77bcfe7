/** The PIN for leaving: known here only by its PBKDF2 hash, and slow to guess. */

const TRIES = "kiosk_leave_tries";
const FREE_TRIES = 5;
const WAIT = 60_000;

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bits) => Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether a PIN opens a lock `{salt, iterations, hash}`. */
export async function opens(pin, lock, subtle) {
  const key = await subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const about = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(lock.salt), iterations: lock.iterations };
  return hexOf(await subtle.deriveBits(about, key, 256)) === lock.hash;
}

/** ports: store, clock, subtle. `leave(pin, lock)` gives "left", "wrong" or "wait". */
export function createLeaving({ store, clock, subtle }) {
  return async function leave(pin, lock) {
    const now = clock.now();
    const tried = await store.update(TRIES, (known) => {
      const { count = 0, at = 0 } = known || {};
      const isOver = Math.abs(now - at) > WAIT;
      return count >= FREE_TRIES && !isOver ? known : { count: isOver ? 1 : count + 1, at: now };
    });
    if (tried.count >= FREE_TRIES && tried.at !== now) return "wait";
    if (!(await opens(pin, lock, subtle))) return "wrong";
    await store.forget(TRIES);
    return "left";
  };
}
