import assert from "node:assert/strict";
import test from "node:test";

import { askedWait, mustFollow, sendable, waitAfter } from "../../static/js/outbox/order.js";
import { NOW, checkIn } from "./park.js";

const item = (key, more = {}) => ({
  key,
  owner: "hoa",
  kind: "message_read",
  body: { message: key },
  state: "saved",
  next_try_at: 0,
  held_by: null,
  ...more,
});
const keys = (items, options = {}) => sendable(items, { owner: "hoa", now: NOW, ...options }).map((one) => one.key);

test("a wait grows from about 15 seconds to 5 minutes and never past it", () => {
  assert.equal(waitAfter(1, 1), 15_000);
  assert.equal(waitAfter(1, 0), 12_000);
  assert.equal(waitAfter(3, 1), 60_000);
  for (let tries = 1; tries < 2000; tries += 7) assert.ok(waitAfter(tries, 1) <= 300_000);
});

test("a server that asks for a longer wait gets it, up to a quarter of an hour", () => {
  assert.equal(waitAfter(1, 0, 120_000), 120_000);
  assert.equal(waitAfter(1, 0, 86_400_000), 900_000);
  assert.equal(askedWait("120", NOW), 120_000);
  assert.equal(askedWait(new Date(NOW + 60_000).toUTCString(), NOW), 60_000);
  assert.equal(askedWait("soon", NOW), 0);
  assert.equal(askedWait(null, NOW), 0);
});

test("a changed answer does not overtake the first answer of the same shift", () => {
  const first = item("a", { kind: "check_in", body: checkIn("2021-11-09") });
  const second = item("b", { kind: "check_in", body: checkIn("2021-11-09") });
  const other = item("c", { kind: "check_in", body: checkIn("2021-11-10") });
  assert.ok(mustFollow(first, second));
  assert.deepEqual(keys([first, second, other]), ["a", "c"]);
  assert.deepEqual(keys([{ ...first, next_try_at: NOW + 9000 }, second, other]), ["c"]);
});

test("no answer goes before the consent it rests on", () => {
  const consent = item("a", { kind: "consent", body: { version: "1", agreed: true } });
  const answer = item("b", { kind: "check_in", body: checkIn("2021-11-09") });
  assert.deepEqual(keys([consent, answer, item("c")]), ["a", "c"]);
  assert.deepEqual(keys([{ ...consent, state: "received" }, answer]), ["b"]);
});

test("another person's actions are not sent with this person's token", () => {
  assert.deepEqual(keys([item("a", { owner: "lan" }), item("b")]), ["b"]);
});

test("an open road hurries what the road held, not what the park held", () => {
  const later = NOW + 60_000;
  const items = [item("a", { next_try_at: later, held_by: "road" }), item("b", { next_try_at: later, held_by: "park" })];
  assert.deepEqual(keys(items), []);
  assert.deepEqual(keys(items, { eager: true }), ["a"]);
});

test("a phone clock put back a day does not hold an item for a day", () => {
  assert.deepEqual(keys([item("a", { next_try_at: NOW + 86_400_000, held_by: "park" })]), ["a"]);
});

test("taking a roll call back goes after it and before the next one of the same sheet", () => {
  const sheet = { group: "g", shift_on: "2021-11-09", shift: "ca1" };
  const first = item("a", { kind: "roll_call", body: sheet });
  const undo = item("b", { kind: "roll_call_undo", body: { ...sheet, roll_call: "a" } });
  const again = item("c", { kind: "roll_call", body: sheet });
  const other = item("d", { kind: "roll_call", body: { ...sheet, group: "h" } });
  assert.deepEqual(keys([first, undo, again, other]), ["a", "d"]);
  assert.deepEqual(keys([undo, again, other]), ["b", "d"]);
  assert.ok(!mustFollow(first, { ...undo, body: { ...undo.body, roll_call: "x" } }));
});
