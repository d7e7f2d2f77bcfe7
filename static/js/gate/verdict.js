/**
 * What the gate makes of a pass or a badge. Pure; app/gate/rules/verdicts.py is the same rule, and
 * tests/vectors/gate_passes.json holds both to one answer. Times are whole seconds since 1970.
 */

const VERSION = 1;
const ALGORITHM = "EdDSA";
const LONGEST_TEXT = 2000;
const SEGMENT = /^[A-Za-z0-9_-]+$/;
const CLOCK_SLACK = 60;
// Who works overtime leaves long after the pass has ended.
const LEAVES_WITHIN = 12 * 3600;
const SHOWN_AGAIN_WITHIN = 14 * 3600;

const TEXTS = ["park", "jti", "sub", "co", "on", "sh"];
const TIMES = ["nbf", "exp", "iat"];

function bytesOf(segment) {
  if (!SEGMENT.test(segment) || segment.length % 4 === 1) return null;
  const text = atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function objectOf(segment) {
  const bytes = bytesOf(segment);
  if (!bytes) return null;
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isOurs(said) {
  return (
    said.v === VERSION &&
    TEXTS.every((name) => typeof said[name] === "string" && said[name] !== "") &&
    TIMES.every((name) => Number.isInteger(said[name]))
  );
}

/** `{kid, said, signed, signature}` of what a scanner read; null when it is no pass at all. */
export function readPass(scanned) {
  const text = scanned.trim();
  const parts = text.split(".");
  if (text.length > LONGEST_TEXT || parts.length !== 3) return null;
  const [header, said, signature] = [objectOf(parts[0]), objectOf(parts[1]), bytesOf(parts[2])];
  if (!header || !said || !signature) return null;
  if (header.alg !== ALGORITHM || typeof header.kid !== "string" || !isOurs(said)) return null;
  return { kid: header.kid, said, signed: new TextEncoder().encode(`${parts[0]}.${parts[1]}`), signature };
}

/** `{at, clock}`: the time to judge by. A clock that was put back does not bring the past back. */
export function timeKnown(device, highest) {
  if (highest === null) return { at: device, clock: "never_checked" };
  if (device + CLOCK_SLACK < highest) return { at: highest, clock: "behind" };
  return { at: Math.max(device, highest), clock: "checked" };
}

/** The highest time ever seen, after a pass: the park signed it at its `iat`, not before. */
export function highestSeen(highest, read, genuine) {
  if (!read || !genuine) return highest;
  return highest === null ? read.said.iat : Math.max(highest, read.said.iat);
}

/** `gate`: {park, companies: Set or null for all, kids: Set, revoked: Set}; `genuine`: signed as it says. */
export function judgePass(read, gate, at, direction, genuine) {
  if (!read) return "unreadable";
  const { said } = read;
  if (said.park !== gate.park) return "other_park";
  if (!gate.kids.has(read.kid) || !genuine) return "unknown_key";
  if (gate.companies && !gate.companies.has(said.co)) return "other_park";
  if (gate.revoked.has(said.jti)) return "revoked";
  if (at >= said.exp + (direction === "out" ? LEAVES_WITHIN : 0)) return "expired";
  return at >= said.nbf ? "valid" : "not_yet";
}

/** `{verdict, reason}` on a badge, by the roster's `row` of who wears it; null: nobody. */
export function judgeBadge(row, at, direction) {
  if (!row) return { verdict: "unknown_badge", reason: "unknown" };
  const { verdict, reason_class: reason } = row;
  if (reason === "risk" || reason === "watch") return { verdict, reason };
  if (direction === "out") return { verdict: "enter", reason };
  if (verdict === "enter" && row.until !== null && at >= row.until) return { verdict: "wait", reason: "not_answered" };
  if (verdict === "enter" && row.opens !== null && at < row.opens) return { verdict: "wait", reason: "off_shift" };
  return { verdict, reason };
}

/** Whether who goes this way went the same way already; `last`: [direction, seconds] or null. */
export function shownBefore(last, direction, at) {
  return Boolean(last) && last[0] === direction && at >= last[1] && at - last[1] < SHOWN_AGAIN_WITHIN;
}

/** The form in which badges are compared. */
export const badgeKey = (badge) => badge.trim().replace(/[\s.\-_/]/g, "").toUpperCase();
