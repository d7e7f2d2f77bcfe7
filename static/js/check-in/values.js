/** The values that the page's sentences take, from what is to be shown. Pure; no words. */
import { wallClock } from "../outbox/moment.js";
import { phoneText } from "../slots.js";

const TONE = { green: "is-ok", amber: "is-watch", red: "is-risk" };

/** 09/11 of `2021-11-09`. */
export const dayText = (day) => (day ? `${day.slice(8, 10)}/${day.slice(5, 7)}` : null);

/** A moment on the park's wall clock: its time, and its day when that is not `usualDay`. */
export function momentText(moment, zone, usualDay) {
  const clock = wallClock(moment, zone);
  if (!clock) return null;
  return clock.day === usualDay ? clock.time : `${dayText(clock.day)} · ${clock.time}`;
}

function shiftValues(shift, zone) {
  if (!shift) return {};
  const [starts, ends] = [shift.starts_at, shift.ends_at].map((at) => wallClock(at, zone));
  return {
    shift: shift.text,
    day: dayText(shift.on),
    [shift.when]: true,
    hours: starts && ends ? `${starts.time} – ${ends.time}` : null,
  };
}

// The park gives the sentence; a bare code is for programs.
const adviceText = (advice) => (advice && typeof advice === "object" ? advice.text : advice);

function receivedValues(has, zone, usualDay) {
  if (!has) return {};
  const told = has.level === "amber" || has.level === "red";
  return {
    [has.level || "unjudged"]: true,
    tone: TONE[has.level] || "is-ok",
    standing: told,
    received_at: momentText(has.received_at, zone, usualDay),
    had_at: momentText(has.received_at, zone, usualDay),
    reasons: has.reasons,
    has_reasons: has.reasons.length > 0,
    basis: has.basis || null,
    advice: adviceText(has.advice),
    no_advice: !has.advice,
    remark: !told && adviceText(has.advice),
    pass: has.pass,
  };
}

function shownValues({ shown, said, has }, zone, usualDay) {
  const onPaper = !shown && Boolean(has && has.entered_late);
  const made = shown ? shown.made_at : has && has.made_at;
  return {
    kept_here: Boolean(shown),
    said_well: said === "well",
    on_paper: onPaper,
    said_signs: said !== "well" && !onPaper,
    signs: said === "signs",
    made_at: momentText(made, zone, usualDay),
    reason: shown && shown.answer && shown.answer.message,
    key: shown && shown.key,
  };
}

/** What an answer on this phone waits for, one of four: nothing else may be said of it. */
function waitValues({ sending, reachable, authorised }) {
  if (authorised === false) return { wants_sign_in: true };
  if (reachable === false) return { wants_network: true };
  return sending || reachable === null ? { sending: true } : { wants_time: true };
}

/** Everything a screen of the check-in may name. `road` is of this moment: `{sending, reachable, authorised}`. */
export function checkInValues(view, me, road) {
  const person = me.worker || me.account;
  const phone = (me.worker && me.worker.safety_phone) || null;
  const usualDay = view.shift && view.shift.on;
  return {
    name: person.call_name || person.name,
    where: me.worker && [me.worker.company.name, me.worker.place].filter(Boolean).join(" · "),
    phone: phoneText(phone),
    ...waitValues(road),
    ...shiftValues(view.shift, view.zone),
    ...receivedValues(view.has, view.zone, usualDay),
    ...shownValues(view, view.zone, usualDay),
    amending: view.amending,
    following: view.screen === "follow_up",
    followed: Boolean(view.followed),
    waiting: view.waiting || null,
    proposed: Boolean(me.form && me.form.proposed),
  };
}

/** One row for each action that came back: `{key, reason, shift_day}`. */
export const returnedValues = (view) =>
  view.returned.map((item) => ({
    key: item.key,
    reason: item.answer.message,
    of_check_in: item.kind === "check_in",
    of_other: item.kind !== "check_in",
    day: dayText(item.body.shift_on),
  }));
