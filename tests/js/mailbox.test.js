import assert from "node:assert/strict";
import test from "node:test";

import { mailbox } from "../../static/js/inbox/mailbox.js";

const WHEN = { now: Date.parse("2021-11-09T05:30:00+07:00"), eastMinutes: 420 };
const message = (id, more = {}) => ({
  id,
  kind: "reminder",
  text: "Rửa tay.",
  title: id,
  sent_at: "2021-11-09T05:00:00+07:00",
  read_at: null,
  from: "Tổ an toàn",
  ...more,
});
const mark = (id, state) => ({ kind: "message_read", state, body: { message: id } });
const keys = (rows) => rows.map((row) => row.key);

test("urgent first, then newest", () => {
  const { unread } = mailbox(
    [
      message("old", { sent_at: "2021-11-08T05:00:00+07:00" }),
      message("urgent", { kind: "urgent", sent_at: "2021-11-07T05:00:00+07:00" }),
      message("new"),
    ],
    [],
    WHEN,
  );
  assert.deepEqual(keys(unread), ["urgent", "new", "old"]);
});

test("a message marked on this phone is read here at once, and said to be waiting until the park has it", () => {
  const messages = [message("a"), message("b"), message("c")];
  const { unread, read } = mailbox(messages, [mark("a", "saved"), mark("b", "received")], WHEN);
  assert.deepEqual(keys(unread), ["c"]);
  assert.deepEqual(read.map((row) => [row.key, row.pending]), [["a", true], ["b", false]]);
});

test("a refused mark leaves the message unread", () => {
  assert.deepEqual(keys(mailbox([message("a")], [mark("a", "refused")], WHEN).unread), ["a"]);
});

test("times stand on the park's clock, days by name while they are near", () => {
  const [row] = mailbox([message("a", { sent_at: "2021-11-08T23:50:00+07:00" })], [], { ...WHEN, eastMinutes: -300 }).unread;
  assert.deepEqual([row.time, row.day, row.yesterday], ["23:50", "08/11", true]);
  const [old] = mailbox([message("a", { sent_at: "2021-11-01T20:30:00+07:00" })], [], WHEN).unread;
  assert.equal(old.earlier, true);
});

test("a kind nobody has heard of is still shown", () => {
  const [row] = mailbox([message("a", { kind: "something" })], [], WHEN).unread;
  assert.equal(row.other, true);
});
