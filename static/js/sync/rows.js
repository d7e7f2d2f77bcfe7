/** Kept actions as the page of what waits shows them: what, since when, why it waits, what to do. */
import { timeText } from "./standing.js";

const KINDS = new Set(["check_in", "roll_call", "consent", "message_read", "gate_scan", "feedback", "data_request"]);
const SHIFTS = new Set(["ca1", "ca2", "ca3", "day12", "night12", "office"]);
const MOST_RECEIVED = 20;

const dayText = (iso) => (/^\d{4}-\d\d-\d\d$/.test(iso || "") ? `${iso.slice(8)}/${iso.slice(5, 7)}` : null);

/** Which of the page's words names the action, with what stands in it. */
function whatOf({ kind, body }) {
  const about = body || {};
  const named = kind === "check_in" && about.badge ? "check_in_for" : kind;
  return {
    [`is_${KINDS.has(kind) ? named : "other"}`]: true,
    badge: about.badge || null,
    people: kind === "roll_call" ? (about.well || []).length + (about.except || []).length : null,
    day: dayText(about.shift_on),
    [`is_shift_${SHIFTS.has(about.shift) ? about.shift : "none"}`]: true,
  };
}

function whyOf(item, { reachable, authorised }) {
  if (authorised === false) return "signed_off";
  if (reachable === false || item.held_by === "road") return "road";
  if (item.held_by === "park") return "park";
  return "soon";
}

function waitingRow(item, { road, now, eastMinutes }) {
  return {
    ...whatOf(item),
    [`why_${whyOf(item, road)}`]: true,
    since: timeText(item.made_at, now, eastMinutes),
    tries: item.tries || null,
    next: item.next_try_at > now ? timeText(item.next_try_at, now, eastMinutes) : null,
  };
}

const refusedRow = (item, { now, eastMinutes }) => ({
  ...whatOf(item),
  key: item.key,
  since: timeText(item.made_at, now, eastMinutes),
  reason: (item.answer && item.answer.message) || null,
  no_reason: !(item.answer && item.answer.message),
  [`do_${item.kind === "check_in" || item.kind === "roll_call" ? item.kind : "other"}`]: true,
});

const receivedRow = (item, { now, eastMinutes }) => ({
  ...whatOf(item),
  since: timeText(item.made_at, now, eastMinutes),
  at: timeText(item.closed_at, now, eastMinutes),
});

/** `around`: {road: {reachable, authorised}, now, eastMinutes}; times are the park's. */
export function rowsOf(items, around) {
  const waiting = items.filter((item) => item.state === "saved");
  const refused = items.filter((item) => item.state === "refused" && !item.dismissed_at);
  const received = items.filter((item) => item.state === "received");
  const newest = received.slice(-MOST_RECEIVED).reverse();
  return {
    waiting: waiting.map((item) => waitingRow(item, around)),
    refused: refused.map((item) => refusedRow(item, around)),
    received: newest.map((item) => receivedRow(item, around)),
  };
}
