/** What a person reads of how this machine stands with the park. */
import assert from "node:assert/strict";
import test from "node:test";

import { boardValues } from "../../static/js/sync/board.js";
import { rowsOf } from "../../static/js/sync/rows.js";
import { pillOf, timeText } from "../../static/js/sync/standing.js";

const NOW = Date.parse("2021-11-09T10:32:00+07:00");
const EAST = 420;
const ROAD = { reachable: true, authorised: true };
const pill = (more) =>
  pillOf({ ...ROAD, sending: false, waiting: 0, refused: 0, contactAt: NOW, ...more }, NOW, EAST);

test("the pill says one thing, and never that all is sent while something waits or the park is silent", () => {
  assert.deepEqual([pill({}).word, pill({}).time], ["synced", "10:32"]);
  assert.deepEqual([pill({ waiting: 3 }).word, pill({ waiting: 3 }).count], ["waiting", 3]);
  assert.deepEqual([pill({ waiting: 214, sending: true }).word, pill({ waiting: 214, sending: true }).count], ["sending", 214]);
  assert.equal(pill({ sending: true }).word, "synced");
  assert.equal(pill({ refused: 1, waiting: 2 }).word, "refused");
  assert.equal(pill({ authorised: false, waiting: 2, sending: true }).word, "signed_off");
  assert.equal(pill({ authorised: false }).word, "synced");
  assert.equal(pill({ reachable: false, waiting: 2 }).word, "offline_since");
  assert.equal(pill({ reachable: false, contactAt: null }).word, "offline");
  assert.equal(pill({ reachable: null, contactAt: null }).word, "unknown");
});

test("a time of another day carries its day, a time of the park stays the park's", () => {
  assert.equal(timeText(NOW - 86_400_000, NOW, EAST), "10:32, 08/11");
  assert.equal(timeText("2021-11-09T05:10:00+07:00", NOW, 0), "05:10");
  assert.equal(timeText(null, NOW, EAST), null);
});

const item = (more) => ({
  key: "k",
  kind: "check_in",
  state: "saved",
  made_at: "2021-11-09T05:21:00+07:00",
  body: { shift_on: "2021-11-09", shift: "ca1" },
  tries: 0,
  next_try_at: 0,
  held_by: null,
  answer: null,
  ...more,
});
const rows = (items, road = ROAD) => rowsOf(items, { road, now: NOW, eastMinutes: EAST });

test("a waiting action tells what it is, since when, how often it was tried and why it waits", () => {
  const [row] = rows([item({ tries: 2, held_by: "road", next_try_at: NOW + 60_000 })]).waiting;
  assert.ok(row.is_check_in && row.is_shift_ca1 && row.why_road);
  assert.deepEqual([row.since, row.tries, row.next, row.day], ["05:21", 2, "10:33", "09/11"]);
  assert.ok(rows([item({})], { ...ROAD, authorised: false }).waiting[0].why_signed_off);
  assert.ok(rows([item({})], { ...ROAD, reachable: false }).waiting[0].why_road);
  assert.ok(rows([item({ held_by: "park" })]).waiting[0].why_park);
  assert.ok(rows([item({})]).waiting[0].why_soon);
});

test("answers for others name the badge, roll calls the number, unknown kinds are other work", () => {
  const [one, roll, other] = rows([
    item({ body: { badge: "SB-20733", shift: "ca1" } }),
    item({ kind: "roll_call", body: { group: "g", well: ["a", "b"], except: [{}], shift: "ca2" } }),
    item({ kind: "unheard_of", body: {} }),
  ]).waiting;
  assert.ok(one.is_check_in_for && one.badge === "SB-20733");
  assert.ok(roll.is_roll_call && roll.people === 3 && roll.is_shift_ca2);
  assert.ok(other.is_other && other.is_shift_none && other.day === null);
});

test("what came back stays in sight with its reason until somebody has seen it", () => {
  const refused = item({ state: "refused", answer: { message: "Ca này đã kết thúc." } });
  const [row] = rows([refused]).refused;
  assert.equal(row.reason, "Ca này đã kết thúc.");
  assert.ok(row.do_check_in);
  assert.ok(rows([item({ state: "refused", answer: { code: "x" } })]).refused[0].no_reason);
  assert.deepEqual(rows([{ ...refused, dismissed_at: 1 }]).refused, []);
});

test("the newest of what the park has comes first", () => {
  const received = [1, 2].map((at) => item({ state: "received", key: `k${at}`, closed_at: NOW + at * 60_000 }));
  assert.deepEqual(rows(received).received.map((row) => row.at), ["10:34", "10:33"]);
});

const BOARD = {
  company: { code: "SB", name: "Điện tử Sao Bắc" },
  part: "Ca 1",
  as_of: "2021-11-08T16:00:00+07:00",
  figures: { planned: true, share: "50,0 %", answered: 2, at_work: 4, red: 1, absent_unexplained: 0 },
  units: [],
  standing_total: 9,
  standing: [{ badge: "SB-1", name: "Hoa", unit: "Chuyền 3", phone: "0900000118", level: "red", told: "", at: null }],
  missing_total: 1,
  missing: [{ badge: "SB-2", name: "Mến", unit: "Chuyền 7", phone: null, shift: "Ca 1", not_asked: false }],
};

test("the kept board carries its own time, its callable numbers, and how many names it lacks", () => {
  const told = boardValues({ value: BOARD, at: NOW }, NOW, EAST);
  assert.equal(told.as_of, "16:00, 08/11");
  assert.deepEqual([told.standing_left, told.missing_left], [8, null]);
  assert.equal(told.standing[0].phone_text, "0900 000 118");
  assert.ok(told.standing[0].is_red && told.missing[0].no_phone);
  assert.equal(told.absent_unexplained, null);
  assert.ok(!told.no_missing);
});
