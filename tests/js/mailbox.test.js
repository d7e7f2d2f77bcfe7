import assert from "node:assert/strict";
import test from "node:test";

import { mailbox } from "../../static/js/inbox/mailbox.js";
import { leftToRead } from "../../static/js/inbox/marks.js";

const WHEN = { now: Date.parse("2021-11-09T05:30:00+07:00"), eastMinutes: 420 };
const message = (id, more = {}) => ({
  id,
  kind: "reminder",
  text: "Rửa tay.",
  title: id,
  sent_at: "2021-11-09T05:00:00+07:00",
  read_at: null,
  from: "Tổ an toàn",
  urgent: false,
  expires_at: "2021-11-09T14:00:00+07:00",
  cancelled: false,
  corrects: null,
  ...more,
});
const mark = (id, state) => ({ kind: "message_read", state, body: { message: id } });
const notice = (id, more = {}) => message(id, { kind: "notice", urgent: true, ...more });
const keys = (rows) => rows.map((row) => row.key);
const readRows = ({ days }) => days.flatMap((day) => day.rows);
const one = (messages, items = []) => mailbox(messages, items, WHEN).unread[0];

test("urgent first, then newest", () => {
  const { unread } = mailbox(
    [
      message("old", { sent_at: "2021-11-08T05:00:00+07:00" }),
      notice("urgent", { sent_at: "2021-11-07T05:00:00+07:00" }),
      message("new"),
    ],
    [],
    WHEN,
  );
  assert.deepEqual(keys(unread), ["urgent", "new", "old"]);
});

test("a message marked on this phone is read here at once, and said to be waiting until the park has it", () => {
  const messages = [message("a"), message("b"), message("c")];
  const box = mailbox(messages, [mark("a", "saved"), mark("b", "received")], WHEN);
  assert.deepEqual(keys(box.unread), ["c"]);
  assert.deepEqual(readRows(box).map((row) => [row.key, row.pending]), [["a", true], ["b", false]]);
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

test("what was taken back, replaced or is over presses nobody, and says so", () => {
  const past = "2021-11-09T05:29:00+07:00";
  assert.equal(one([notice("a")]).urgent, true);
  assert.deepEqual(
    [notice("a", { cancelled: true }), notice("a", { expires_at: past })].map((each) => {
      const { urgent, cancelled, over } = one([each]);
      return { urgent, cancelled, over };
    }),
    [
      { urgent: undefined, cancelled: true, over: undefined },
      { urgent: undefined, cancelled: undefined, over: true },
    ],
  );
});

test("a correction names what it takes the place of, and that one is no longer urgent", () => {
  const better = notice("b", { corrects: "a", sent_at: "2021-11-09T05:20:00+07:00" });
  const { unread } = mailbox([notice("a"), better], [], WHEN);
  assert.deepEqual(
    unread.map(({ key, urgent, corrected, instead_of }) => ({ key, urgent, corrected, instead_of })),
    [
      { key: "b", urgent: true, corrected: undefined, instead_of: "a" },
      { key: "a", urgent: undefined, corrected: true, instead_of: null },
    ],
  );
  assert.equal(one([better]).instead_of, null);
});

test("a kept copy shows no reminder whose time is over, unless it was read here or elsewhere", () => {
  const over = { expires_at: "2021-11-09T05:29:59+07:00" };
  const box = mailbox(
    [message("a", over), message("b", over), message("c", { ...over, read_at: "2021-11-09T05:10:00+07:00" })],
    [mark("b", "saved")],
    WHEN,
  );
  assert.deepEqual([keys(box.unread), keys(readRows(box)), box.empty], [[], ["b", "c"], false]);
  assert.equal(mailbox([message("a", over)], [], WHEN).empty, true);
});

test("what was read stands by day, the newest first, and a long list in two parts", () => {
  const days = ["09T05", "09T04", "08T20", "01T10"];
  const messages = days.map((at) => message(at, { sent_at: `2021-11-${at}:00:00+07:00`, read_at: "2021-11-09T05:10:00+07:00" }));
  const box = mailbox(messages.reverse(), [], WHEN);
  assert.deepEqual(
    box.days.map(({ day, today, yesterday, earlier, rows }) => [day, today || yesterday || earlier, keys(rows)]),
    [
      ["09/11", true, ["09T05", "09T04"]],
      ["08/11", true, ["08T20"]],
      ["01/11", true, ["01T10"]],
    ],
  );
  assert.deepEqual([box.days[0].today, box.days[1].yesterday, box.days[2].earlier, box.more], [true, true, true, null]);
  const short = mailbox(messages, [], WHEN, 3);
  assert.deepEqual([readRows(short).length, short.more], [3, 1]);
});

test("the number on the tab and the urgent line leave out what was read here", () => {
  const later = "2021-11-09T06:00:00+07:00";
  const inbox = { unread: 3, urgent: [{ id: "a", title: "Cổng 3", expires_at: later }] };
  assert.deepEqual(leftToRead(inbox, [], WHEN.now), inbox);
  assert.deepEqual(leftToRead(inbox, [mark("a", "saved")], WHEN.now), { unread: 2, urgent: [] });
  // What the park has taken is in its next count, not in ours.
  assert.deepEqual(leftToRead(inbox, [mark("a", "received")], WHEN.now), { unread: 3, urgent: [] });
  assert.deepEqual(leftToRead(inbox, [mark("a", "refused")], WHEN.now).urgent.length, 1);
  assert.deepEqual(leftToRead(inbox, [], Date.parse(later)).urgent, []);
  assert.deepEqual(leftToRead({ unread: 0 }, [mark("a", "saved")], WHEN.now), { unread: 0, urgent: [] });
});
