/** What was read on this phone, and what is left to read after it. Pure. */

/** The messages that this phone marked as read: their state in the outbox by id. */
export const marksOf = (items) =>
  new Map(
    items
      .filter((item) => item.kind === "message_read" && item.state !== "refused")
      .map((item) => [item.body.message, item.state]),
  );

/** What the park last said of the inbox, `{unread, urgent}`, without what was read on this phone since. */
export function leftToRead(inbox, items, now) {
  const marks = marksOf(items);
  const untold = [...marks.values()].filter((state) => state === "saved").length;
  const urgent = (inbox.urgent || []).filter((each) => Date.parse(each.expires_at) > now && !marks.has(each.id));
  return { unread: Math.max(0, inbox.unread - untold), urgent };
}
