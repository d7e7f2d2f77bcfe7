/** Which kept actions may go next, in which order, and how long one that failed waits. */

const FIRST_WAIT = 15_000;
const LONGEST_WAIT = 300_000;
const LONGEST_ASKED_WAIT = 900_000;

/** Milliseconds until the next try; `unit` is random in [0, 1); `asked` is a server's Retry-After. */
export function waitAfter(tries, unit, asked = 0) {
  const grown = Math.min(FIRST_WAIT * 2 ** Math.max(0, tries - 1), LONGEST_WAIT);
  return Math.max(Math.min(asked, LONGEST_ASKED_WAIT), Math.round(grown * (0.8 + 0.2 * unit)));
}

/** Milliseconds a Retry-After header asks for: seconds, or a date. */
export function askedWait(header, now) {
  if (!header) return 0;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return wait > 0 ? wait : 0;
}

// A phone clock put back would otherwise leave an item waiting for a day.
const isDue = (item, now) =>
  item.next_try_at <= now || item.next_try_at - now > LONGEST_ASKED_WAIT + LONGEST_WAIT;

// Only the road failed, not the item: a sign that the road is open makes it due.
const mayHurry = (item) => item.held_by === "road";

const sameShift = (one, other) =>
  one.shift_on === other.shift_on && one.shift === other.shift && one.badge === other.badge;

const sameSheet = (one, other) => one.group === other.group && sameShift(one, other);

/** Whether `item` may not reach the park before `earlier` has: a changed answer after the first one. */
export function mustFollow(earlier, item) {
  // Nobody here can tell whose a sealed action is: they go in the order they were kept.
  if (earlier.sealed || item.sealed) return false;
  if (earlier.kind === "consent") return ["consent", "check_in", "follow_up"].includes(item.kind);
  if (earlier.kind === "roll_call" && item.kind === "roll_call_undo") return earlier.key === item.body.roll_call;
  if (earlier.kind === "roll_call_undo" && item.kind === "roll_call") return sameSheet(earlier.body, item.body);
  if (earlier.kind !== item.kind) return false;
  if (item.kind === "check_in") return sameShift(earlier.body, item.body);
  if (item.kind === "roll_call") return sameSheet(earlier.body, item.body);
  return false;
}

/** The kept actions of one account still to be sent, oldest first. */
export const unsent = (items, owner) =>
  items.filter((item) => item.state === "saved" && item.owner === owner && !item.locked);

/** The oldest of what must go in order, and everything that waits for nothing else. */
export function heads(items, owner) {
  const waiting = unsent(items, owner);
  return waiting.filter((item, index) => !waiting.slice(0, index).some((earlier) => mustFollow(earlier, item)));
}

/** What may be sent now, oldest first; never two of which one must follow the other. */
export const sendable = (items, { owner, now, eager = false }) =>
  heads(items, owner).filter((item) => isDue(item, now) || (eager && mayHurry(item)));

/**
 * What lies here closed for the park and may go now. Nobody here knows what must follow what in it, so of
 * each person the oldest goes, and the next after it; one that could not be closed for the park waits for its
 * person, and so does what came after it.
 */
export function parcelHeads(items) {
  const waiting = items.filter((item) => item.state === "saved" && item.locked);
  const isOldest = (item, at) => !waiting.slice(0, at).some((earlier) => earlier.owner === item.owner);
  return waiting.filter((item, at) => isOldest(item, at) && item.parcel);
}

export const sendableParcels = (items, { now, eager = false }) =>
  parcelHeads(items).filter((item) => isDue(item, now) || (eager && mayHurry(item)));
