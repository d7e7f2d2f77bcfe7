/** Room on this device: asked for, watched, and its loss noticed. */

const MARK = "an-ca-kept";
const KNOWN = "kept_since";

const memory = () => {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
};

/** Whether a write failed for want of room. */
export const isFull = (failure) =>
  Boolean(failure) && (failure.name === "QuotaExceededError" || isFull(failure.cause) || isFull(failure.inner));

/** Asks the browser not to clear this site's data. A browser may ask its person: only once there is something. */
export async function askToPersist() {
  const { storage } = navigator;
  if (!storage || !storage.persist) return false;
  return (await storage.persisted()) || storage.persist();
}

/**
 * Marks that this device keeps something, in two places that browsers clear apart. `unsent` is what would
 * be lost.
 */
export async function markKept(store, { now, unsent }) {
  await store.update(KNOWN, (since) => since || now);
  const beside = memory();
  if (beside) beside.setItem(MARK, String(unsent));
}

/**
 * How many unsent actions went with what the browser cleared: a number, or null when nothing was cleared.
 * Told once.
 */
export async function clearedWith(store) {
  const beside = memory();
  const mark = beside && beside.getItem(MARK);
  if (mark === null || (await store.read(KNOWN))) return null;
  beside.removeItem(MARK);
  return Number(mark) || 0;
}

/** Remembers on this device that a notice was read. */
export function wasRead(name) {
  const beside = memory();
  return Boolean(beside && beside.getItem(`${MARK}-${name}`));
}

export function rememberRead(name) {
  const beside = memory();
  if (beside) beside.setItem(`${MARK}-${name}`, "1");
}
