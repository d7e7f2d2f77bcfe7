/** A worker's own record as it is to be shown. Pure. */
import { momentText } from "../check-in/values.js";
import { statedOffset, wallClock } from "../outbox/moment.js";

const LEVELS = ["green", "amber", "red"];

/** 09/11/2021 · 05:21 on the park's clock, or on this phone's where the park stated no offset. */
export function fullMoment(moment, eastMinutes) {
  const clock = wallClock(moment, statedOffset(moment) || eastMinutes);
  if (!clock) return null;
  const [year, month, day] = clock.day.split("-");
  return `${day}/${month}/${year} · ${clock.time}`;
}

const dayText = (on) => on.split("-").reverse().join("/");

const near = (moment, { shift_on }, eastMinutes) =>
  momentText(moment, statedOffset(moment) || eastMinutes, shift_on);

const answer = (eastMinutes) => (one) => ({
  day: dayText(one.shift_on),
  shift: one.shift_text,
  text: one.answers_text,
  [LEVELS.includes(one.level) ? one.level : "unjudged"]: true,
  made_at: near(one.made_at, one, eastMinutes),
  received_at: near(one.received_at, one, eastMinutes),
  version: one.version,
  changed: one.version > 1,
});

const read = (eastMinutes) => (one) => ({ ...one, at: fullMoment(one.at, eastMinutes) });

const device = (eastMinutes) => (one) => ({
  key: one.id,
  label: one.label,
  heading_id: `device-${one.id}`,
  last_used_at: fullMoment(one.last_used_at, eastMinutes),
  here: Boolean(one.current),
});

/** Values of the page from GET /my-record; `asOf` is the moment of a copy, null for the park's word of now. */
export function recordValues({ answers, reads, devices }, eastMinutes, asOf = null) {
  return {
    as_of: asOf === null ? null : fullMoment(asOf, eastMinutes),
    answers: answers.map(answer(eastMinutes)),
    no_answers: answers.length === 0,
    reads: reads.map(read(eastMinutes)),
    no_reads: reads.length === 0,
    devices: devices.map(device(eastMinutes)),
  };
}
