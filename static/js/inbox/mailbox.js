/** The inbox as it is to be shown: urgent first, then newest; what was marked here counts as read. Pure. */
import { daysBetween, statedOffset, wallClock } from "../outbox/moment.js";

const URGENT = { tone: "message is-risk", urgent: true };
const KINDS = {
  urgent: URGENT,
  notice: URGENT,
  reminder: { tone: "message is-info", reminder: true },
  bulletin: { tone: "message is-info", bulletin: true },
};
const OTHER = { tone: "message is-info", other: true };
const SAID = { 0: "today", 1: "yesterday" };

// A phone in another zone still shows the park's clock.
const zoneOf = (message, eastMinutes) => statedOffset(message.sent_at) || eastMinutes;

function row(message, pending, { now, eastMinutes }) {
  const zone = zoneOf(message, eastMinutes);
  const sent = wallClock(message.sent_at, zone);
  const age = sent ? daysBetween(sent.day, wallClock(now, zone).day) : null;
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
    pending,
    ...(KINDS[message.kind] || OTHER),
  };
}

const newestFirst = (one, other) => Date.parse(other.sent_at) - Date.parse(one.sent_at);

/** `messages` of GET /inbox, `items` of the outbox. `pending`: marked here, not yet told to the park. */
export function mailbox(messages, items, when) {
  const marks = new Map(
    items
      .filter((item) => item.kind === "message_read" && item.state !== "refused")
      .map((item) => [item.body.message, item.state]),
  );
  const sorted = [...messages].sort(newestFirst);
  const rows = (list) => list.map((message) => row(message, marks.get(message.id) === "saved", when));
  const isRead = (message) => Boolean(message.read_at) || marks.has(message.id);
  const unread = rows(sorted.filter((message) => !isRead(message)));
  const read = rows(sorted.filter(isRead));
  return {
    unread: [...unread.filter((one) => one.urgent), ...unread.filter((one) => !one.urgent)],
    read,
    any_read: read.length > 0,
  };
}
