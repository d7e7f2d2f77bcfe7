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
  on_paper: Boolean(one.entered_late),
  version: one.version,
  changed: one.version > 1,
});

const read = (eastMinutes) => (one) => ({ ...one, at: fullMoment(one.at, eastMinutes), often: one.times > 1 });

const device = (eastMinutes) => (one) => ({
  key: one.id,
  label: one.label,
  heading_id: `device-${one.id}`,
  last_used_at: fullMoment(one.last_used_at, eastMinutes),
  here: Boolean(one.current),
});

const said = (eastMinutes) => (one) => ({
  text: one.text,
  by: one.by,
  at: fullMoment(one.at, eastMinutes),
  [`is_${one.decision}`]: true,
});

const asked = (eastMinutes) => (one) => ({
  [`is_${one.kind}`]: true,
  text: one.text,
  is_open: one.state === "open",
  is_late: Boolean(one.late),
  due_on: dayText(one.due_on),
  made_at: fullMoment(one.made_at, eastMinutes),
  received_at: fullMoment(one.received_at, eastMinutes),
  noted_by: one.noted_by || null,
  answers: one.answers.map(said(eastMinutes)),
  any_answers: one.answers.length > 0,
});

const unsent = (eastMinutes) => (item) => ({
  [`is_${item.body.kind}`]: true,
  [`is_${item.state}`]: true,
  key: item.key,
  text: item.body.text,
  reason: (item.answer && item.answer.message) || null,
  made_at: fullMoment(item.made_at, eastMinutes),
  answers: [],
});

/** What was asked: what waits or came back on this phone first, then what the park has. */
export function requestValues(requests, items, eastMinutes) {
  const own = items.filter((item) => item.kind === "data_request" && !item.dismissed_at);
  const here = own.filter((item) => item.state === "saved" || item.state === "refused").reverse();
  return [...here.map(unsent(eastMinutes)), ...(requests || []).map(asked(eastMinutes))];
}

const ruleValues = (rule) =>
  rule ? { rule_text: rule.text, rule_source: rule.source, rule_from: dayText(rule.from_on), rule_reading: rule.reading } : {};

/**
 * Values of the page from GET /my-record; `asOf` is the moment of a copy, null for the park's word of now;
 * `items` is what this phone keeps of the person's own actions.
 */
export function recordValues(record, eastMinutes, asOf = null, items = []) {
  const { answers, reads, devices } = record;
  const requests = requestValues(record.requests, items, eastMinutes);
  // The park's offset is in what it told; a copy of an older version has none.
  const zone = statedOffset(record.server_time) || eastMinutes;
  return {
    ...record.person,
    ...ruleValues(record.request_rule),
    as_of: asOf === null ? null : fullMoment(asOf, zone),
    told_at: fullMoment(record.server_time, eastMinutes),
    stored: record.stored || [],
    any_stored: (record.stored || []).length > 0,
    requests,
    any_requests: requests.length > 0,
    answers: answers.map(answer(eastMinutes)),
    no_answers: answers.length === 0,
    reads: reads.map(read(eastMinutes)),
    no_reads: reads.length === 0,
    devices: devices.map(device(eastMinutes)),
  };
}
