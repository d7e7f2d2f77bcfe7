/** What the worker's pass page shows, from what the park said and what this phone keeps. Pure. */
import { checkInView } from "../check-in/state.js";
import { dayText } from "../check-in/values.js";
import { readPass } from "../gate/verdict.js";
import { daysBetween, wallClock } from "../outbox/moment.js";
import { phoneText } from "../slots.js";

const LEVELS = { amber: "amber", red: "red" };

/** The pass that was given for the shift shown, or the one of the shift before it. */
function passText(view, me) {
  if (view.has && view.has.newer) return view.has.item.answer.result.pass || null;
  return (me.check_in && me.check_in.pass) || null;
}

function screenOf(view, said, now) {
  if (!["received", "to_answer", "shift_over", "queued", "refused"].includes(view.screen)) return view.screen;
  if (view.screen === "queued" || view.screen === "refused") return view.screen;
  if (view.has && LEVELS[view.has.level]) return view.has.level;
  if (said && said.exp * 1000 <= now) return "expired";
  if (said) return "green";
  return view.screen === "received" ? "no_pass" : "to_answer";
}

const SAID = { 0: "today", 1: "tomorrow" };

function spanValues(said, now, zone) {
  if (!said) return {};
  const [opens, until] = [said.nbf, said.exp].map((at) => wallClock(at * 1000, zone));
  const today = wallClock(now, zone).day;
  return {
    opens: opens.time,
    opens_on: dayText(opens.day),
    until: until.time,
    until_on: dayText(until.day),
    [`until_${SAID[daysBetween(today, until.day)] || "later"}`]: true,
    not_yet: said.nbf * 1000 > now,
  };
}

const initials = (name) => {
  const words = name.split(" ").filter(Boolean);
  return [...new Set([words[0], words[words.length - 1]])].map((one) => one[0]).join("").toUpperCase();
};

function hours(shift, zone) {
  const [from, to] = [shift.starts_at, shift.ends_at].map((at) => wallClock(at, zone).time);
  return `${from}–${to}`;
}

const adviceText = (advice) => (advice && typeof advice === "object" ? advice.text : advice) || null;

/** As checkInView takes it; `keptAt`: when the copy is from, null when the park has just said it. */
export function passView({ me, fresh, items, now, eastMinutes, keptAt }) {
  const view = checkInView({ me, fresh, items, now, eastMinutes });
  const text = me.worker ? passText(view, me) : null;
  const read = text ? readPass(text) : null;
  const { zone, shift } = view;
  const screen = screenOf(view, read && read.said, now);
  const worker = me.worker || {};
  return {
    screen,
    text: screen === "green" ? text : null,
    zone,
    values: {
      ...spanValues(read && read.said, now, zone),
      name: worker.name,
      initials: worker.name ? initials(worker.name) : null,
      place: [worker.badge, worker.place, shift && shift.text].filter(Boolean).join(" · "),
      shift: shift ? shift.text : null,
      day: shift ? dayText(shift.on) : null,
      on: shift ? shift.on : null,
      hours: shift && shift.starts_at ? hours(shift, zone) : null,
      phone: phoneText(worker.safety_phone),
      advice: view.has ? adviceText(view.has.advice) : null,
      no_advice: !view.has || !view.has.advice,
      kept_at: keptAt ? wallClock(keptAt, zone).time : null,
      kept_on: keptAt ? dayText(wallClock(keptAt, zone).day) : null,
    },
  };
}
