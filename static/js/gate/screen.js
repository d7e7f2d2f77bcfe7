/** The values that the gate's sentences take, from what is known and what was judged. Pure; no words. */
import { wallClock } from "../outbox/moment.js";
import { timeKnown } from "./verdict.js";

export const TONE = { enter: "is-ok", leave: "is-ok", wait: "is-watch", stop: "is-risk" };
const OLD_LIST = 15 * 60;

const timeOf = (seconds, zone) => (wallClock(seconds * 1000, zone) || {}).time || null;

/** 24/11 of a moment. */
function dayOf(seconds, zone) {
  const { day } = wallClock(seconds * 1000, zone);
  return `${day.slice(8)}/${day.slice(5, 7)}`;
}

/** `{minutes}`, `{hours}` or `{days}` of a number of seconds: one of them, whole. */
export function ageOf(seconds) {
  const whole = Math.max(0, seconds);
  if (whole < 60) return { just_now: true };
  if (whole < 3600) return { minutes: Math.floor(whole / 60) };
  return whole < 48 * 3600 ? { hours: Math.floor(whole / 3600) } : { days: Math.floor(whole / 86_400) };
}

/** What the outcome of a scan is shown as. */
export function outcomeValues(outcome, zone, shiftWord) {
  const { action, why, row, said, badge, last } = outcome;
  const shift = (said && said.sh) || (row && row.shift);
  const place = row ? [row.badge, row.line, shift && shiftWord(shift)] : [badge, said && said.co, said && shiftWord(said.sh)];
  return {
    [action]: true,
    [why === "revoked" && action === "stop" ? "why_revoked_risk" : `why_${why}`]: true,
    went_in: why === "again" && Boolean(last) && last[0] === "in",
    went_out: why === "again" && Boolean(last) && last[0] === "out",
    since: last ? timeOf(last[1], zone) : null,
    name: row ? row.name : null,
    where: place.filter(Boolean).join(" · "),
    badge: badge || (row && row.badge) || null,
    company: said ? said.co : null,
    opens: said ? timeOf(said.nbf, zone) : null,
    until: said ? timeOf(said.exp, zone) : null,
  };
}

const dueNow = (people, at) =>
  people ? people.rows.filter((row) => row.opens !== null && row.opens <= at && at < row.until).length : 0;

/** The two bars: time, age of the lists, counts. */
export function barValues({ known, device, zone, reachable, awaySince, counts, unsent, muted }) {
  const { at, clock } = timeKnown(device, known.highest);
  const listed = known.keys ? Math.floor(Date.parse(known.keys.as_of) / 1000) : null;
  const old = listed !== null && at - listed > OLD_LIST;
  const due = dueNow(known.people, at);
  return {
    gate: known.keys ? known.keys.gate : null,
    time: timeOf(device, zone),
    online: reachable === true && !old,
    offline: reachable === false,
    away_since: awaySince === null ? null : timeOf(awaySince, zone),
    listed: listed === null ? null : timeOf(listed, zone),
    age: listed === null ? null : ageOf(at - listed),
    old,
    behind: clock === "behind",
    never_checked: clock === "never_checked",
    today: dayOf(device, zone),
    seen: known.highest === null ? null : timeOf(known.highest, zone),
    seen_on: known.highest === null ? null : dayOf(known.highest, zone),
    entered: counts.entered,
    due: due > 0 ? due : null,
    waiting: counts.waiting,
    stopped: counts.stopped,
    unsent: unsent > 0 ? unsent : null,
    muted,
    sign_in_needed: known.refused === 401,
  };
}
