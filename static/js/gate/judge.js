/** From what was scanned or typed to what is to be done: action, reason, person. No words, no page. */
import { badgeKey, highestSeen, judgeBadge, judgePass, readPass, shownBefore, timeKnown } from "./verdict.js";

const LONGEST_BADGE = 40;
const CARD = /^(?:https?:\/\/\S+#)?[A-Za-z0-9_-]{22}$/;

/** "pass", "card" (the printed one, which only the park can look up), "badge" or "noise". */
export function kindOf(text) {
  const bare = text.trim();
  if (readPass(bare)) return "pass";
  if (CARD.test(bare) && (bare.includes("#") || /[a-z]/.test(bare))) return "card";
  return bare === "" || bare.length > LONGEST_BADGE || bare.includes("://") ? "noise" : "badge";
}

const passing = (direction) => (direction === "out" ? "leave" : "enter");

function actionOnPass(verdict, row, direction, again) {
  if (verdict === "valid") return again ? "wait" : passing(direction);
  return verdict === "revoked" && row && row.verdict === "stop" ? "stop" : "wait";
}

function actionOnBadge(verdict, direction, again) {
  if (verdict === "enter") return again ? "wait" : passing(direction);
  return verdict === "stop" ? "stop" : "wait";
}

/**
 * `known`: what known.js knows; `device`: this machine's time in seconds, corrected by what it learnt;
 * `lastOf(key)`: the last time somebody went through here. Gives what to show and what to hand in.
 */
export async function judgeScan(text, { known, device, direction, verifier, lastOf }) {
  const read = readPass(text);
  const genuine = known.keys ? await verifier.isGenuine(read, known.keys.keys) : false;
  const highest = highestSeen(known.highest, read, genuine);
  const { at, clock } = timeKnown(device, highest);
  const verdict = known.gate ? judgePass(read, known.gate, at, direction, genuine) : read ? "unknown_key" : "unreadable";
  const row = genuine && known.people ? known.people.bySub.get(read.said.sub) || null : null;
  const key = genuine ? read.said.sub : null;
  const last = key && lastOf(key);
  const again = verdict === "valid" && shownBefore(last, direction, at);
  return {
    body: read && { pass: text.trim(), direction, verdict },
    verdict,
    why: again ? "again" : verdict === "valid" ? passing(direction) : verdict,
    action: actionOnPass(verdict, row, direction, again),
    row,
    said: genuine ? read.said : null,
    key,
    last: again ? last : null,
    at,
    clock,
    highest,
  };
}

/** Those who wear a badge: one of each company that has it. */
export const wearers = (badge, known) => (known.people && known.people.byBadge.get(badgeKey(badge))) || [];

export function judgeTyped(badge, row, { known, device, direction, lastOf }) {
  const { at, clock } = timeKnown(device, known.highest);
  const { verdict, reason } = judgeBadge(row, at, direction);
  const key = row ? row.sub : null;
  const last = key && lastOf(key);
  const again = verdict === "enter" && shownBefore(last, direction, at);
  return {
    body: { badge, ...(row ? { company: row.company } : {}), direction, verdict },
    verdict,
    why: again ? "again" : verdict === "enter" ? passing(direction) : reason,
    action: actionOnBadge(verdict, direction, again),
    row,
    said: null,
    badge,
    key,
    last: again ? last : null,
    at,
    clock,
    highest: known.highest,
  };
}
