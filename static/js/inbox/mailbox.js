/**
 * The inbox as it is to be shown: urgent first, then newest; what was marked here counts as read. Pure.
 */
import { daysBetween, statedOffset, wallClock } from "../outbox/moment.js";
import { marksOf } from "./marks.js";

const RISK = "message is-risk";
const PLAIN = "message is-none";
const KINDS = {
  notice: { tone: PLAIN, over: true },
  reminder: { tone: "message is-info", reminder: true },
  bulletin: { tone: "message is-info", bulletin: true },
};
const OTHER = { tone: "message is-info", other: true };
const SAID = { 0: "today", 1: "yesterday" };

// A phone in another zone still shows the park's clock.
const zoneOf = (message, eastMinutes) => statedOffset(message.sent_at) || eastMinutes;

const holds = (message, now) => !(Date.parse(message.expires_at) <= now);

/** What a message is now; one that was taken back or replaced presses nobody any more. */
function standing(message, newer, now) {
  if (message.cancelled) return { tone: PLAIN, cancelled: true };
  if (newer.has(message.id)) return { tone: PLAIN, corrected: true };
  if (message.urgent && holds(message, now)) return { tone: RISK, urgent: true };
  return KINDS[message.kind] || OTHER;
}

function row(message, pending, { now, eastMinutes }, all, newer) {
  const zone = zoneOf(message, eastMinutes);
  const sent = wallClock(message.sent_at, zone);
  const age = sent ? daysBetween(sent.day, wallClock(now, zone).day) : null;
  const old = message.corrects && all.find((one) => one.id === message.corrects);
  return {
    key: message.id,
    heading_id: `message-${message.id}`,
    title: message.title || null,
    untitled: !message.title,
    text: message.text,
    from: message.from || null,
    time: sent && sent.time,
    day: sent && `${sent.day.slice(8)}/${sent.day.slice(5, 7)}`,
    [SAID[age] || "earlier"]: true,
    corrects: Boolean(message.corrects),
    instead_of: (old && old.title) || null,
    pending,
    ...standing(message, newer, now),
  };
}

const newestFirst = (one, other) => Date.parse(other.sent_at) - Date.parse(one.sent_at);

/** `[{today | yesterday | earlier, day, rows}]`, in the order of the rows. */
function byDay(rows) {
  const groups = [];
  for (const each of rows) {
    const last = groups[groups.length - 1];
    const { day, today, yesterday, earlier } = each;
    if (last && last.day === day) last.rows.push(each);
    else groups.push({ day, today, yesterday, earlier, rows: [each] });
  }
  return groups;
}

/**
 * `messages` of GET /inbox, `items` of the outbox; `most`: how many read ones are shown.
 * `pending`: marked here, not yet told to the park. A kept copy may hold a reminder whose time is over.
 */
export function mailbox(messages, items, when, most = Infinity) {
  const marks = marksOf(items);
  const isRead = (message) => Boolean(message.read_at) || marks.has(message.id);
  const isNoise = (message) => message.kind === "reminder" && !holds(message, when.now);
  const sorted = messages.filter((message) => isRead(message) || !isNoise(message)).sort(newestFirst);
  const newer = new Set(sorted.map((message) => message.corrects));
  const rows = (list) =>
    list.map((message) => row(message, marks.get(message.id) === "saved", when, sorted, newer));
  const unread = rows(sorted.filter((message) => !isRead(message)));
  const read = rows(sorted.filter(isRead));
  return {
    unread: [...unread.filter((one) => one.urgent), ...unread.filter((one) => !one.urgent)],
    days: byDay(read.slice(0, most)),
    more: Math.max(0, read.length - most) || null,
    empty: sorted.length === 0,
  };
}
