/** What the check-in page shows, from what the park said and what this phone keeps. Pure. */
import { daysBetween, statedOffset, wallClock } from "../outbox/moment.js";
import { tellsOfSomething } from "./answers.js";

const WHEN = { "-1": "yesterday", 0: "today", 1: "tomorrow" };

const parkOffset = (me, phoneOffset) =>
  statedOffset(me.shift && me.shift.starts_at) || phoneOffset;

/**
 * The shift to answer for. What the park said a moment ago stands, whatever this phone's clock says; a kept
 * copy may be of yesterday, so its first shift that has not ended is taken. `ended`: none is left in it.
 */
export function shiftToAnswer(me, { fresh, now, eastMinutes }) {
  if (!me.shift || fresh) return { shift: me.shift, ended: false };
  const known = [me.shift, ...(me.next_shifts || [])];
  const open = known.find((shift) => Date.parse(shift.ends_at) > now);
  const shift = open || known[known.length - 1];
  const when = WHEN[daysBetween(wallClock(now, eastMinutes).day, shift.on)] || "later";
  return { shift: { ...shift, when }, ended: !open };
}

const isFor = (item, shift) =>
  Boolean(shift) && item.kind === "check_in" && item.body.shift_on === shift.on && item.body.shift === shift.code;

const last = (list) => list[list.length - 1] || null;

// A tap here counts until the park has been asked again after taking it.
const isNews = (item, me) =>
  item.state === "saved" || !(Date.parse(me.server_time) > Date.parse(item.answer.received_at));

/** The consent screen to show, by what the park knows and what was tapped here since: null when none. */
function consentScreen(me, items, mode) {
  const { consent } = me;
  if (!consent) return null;
  const answer = last(
    items.filter(
      (item) =>
        item.kind === "consent" &&
        item.body.version === consent.version &&
        item.state !== "refused" &&
        isNews(item, me),
    ),
  );
  const agreed = answer ? answer.body.agreed : !consent.needed;
  const refused = answer ? !answer.body.agreed : Boolean(consent.refused);
  if (agreed) return null;
  return refused && mode !== "reconsider" ? "consent_refused" : "consent";
}

/** What the park has for this shift: its own word, or the result of a command it has not yet told us of. */
function received(me, items, shift) {
  const own = me.shift && shift && me.shift.on === shift.on && me.shift.code === shift.code ? me.check_in : null;
  const item = last(items.filter((one) => isFor(one, shift) && one.state === "received"));
  if (!own && !item) return null;
  const result = (item && item.answer.result) || {};
  const newer = !own || result.version > own.version;
  const base = newer
    ? { level: result.level || null, made_at: item.made_at, received_at: item.answer.received_at, reasons: [], advice: null }
    : { ...own, reasons: own.reasons || [], advice: own.advice || null };
  return { ...base, newer, item, pass: base.level === "green" && Boolean((own && own.pass) || result.pass) };
}

const isOfDay = (item, day) => item.kind === "follow_up" && item.body.on === day;

/** Today's question of a worker in follow-up, unless this phone holds the answer; a kept copy may be of yesterday. */
function dayToAnswer(me, seen, today) {
  const asked = me.follow_up;
  if (!asked || asked.on !== today) return null;
  return seen.some((item) => isOfDay(item, today) && item.state !== "refused") ? null : asked;
}

function shownScreen({ me, shift, ended, latest, has, mode, day }) {
  if (!me.worker) return "no_worker";
  if (day && mode !== "answer") return "follow_up";
  if (!shift) return "no_shift";
  if (mode === "answer") return "to_answer";
  if (latest && latest.state === "saved") return "queued";
  if (latest && latest.state === "refused") return "refused";
  if (has) return "received";
  return ended && mode !== "last_shift" ? "shift_over" : "to_answer";
}

/**
 * `me` is the last word of the park (`fresh`: of this visit); `items` are this person's kept actions, oldest
 * first; `mode` is what the person asked for here: null, "answer", "reconsider" or "last_shift"; `now` is the
 * park's time in ms as well as this phone knows it; `eastMinutes` is this phone's zone.
 */
export function checkInView({ me, fresh, items, mode = null, now, eastMinutes = 420 }) {
  const zone = parkOffset(me, eastMinutes);
  // A clock that says it is earlier than the park's last word is wrong.
  const notBefore = Math.max(now, Date.parse(me.server_time) || now);
  const { shift, ended } = shiftToAnswer(me, { fresh, now: notBefore, eastMinutes: zone });
  const seen = items.filter((item) => !item.dismissed_at);
  const latest = last(seen.filter((item) => isFor(item, shift)));
  const has = received(me, seen, shift);
  const consent = me.worker ? consentScreen(me, seen, mode) : null;
  const today = wallClock(notBefore, zone).day;
  const day = dayToAnswer(me, seen, today);
  const screen = consent || shownScreen({ me, shift, ended, latest, has, mode, day });
  const shown = screen === "queued" || screen === "refused" ? latest : has && has.item;
  return {
    screen,
    zone,
    shift,
    day,
    followed: seen.some((item) => isOfDay(item, today) && item.state === "received"),
    latest,
    shown,
    has,
    said: shown ? (tellsOfSomething(shown.body.answers, me.form) ? "signs" : "well") : null,
    amending: mode === "answer" && Boolean(latest || has),
    waiting: seen.filter((item) => item.state === "saved" && item !== shown).length,
    returned: seen.filter((item) => item.state === "refused" && !(screen === "refused" && item === latest)),
  };
}
