import assert from "node:assert/strict";
import { test } from "node:test";
import { dueSince } from "../../static/js/components/notice-progress.js";

test("a countdown is told aloud at thirty, ten and nought, and at no other second", () => {
  const told = [];
  for (let seconds = 60, before = 61; seconds >= 0; before = seconds, seconds -= 1) told.push(...dueSince(before, seconds));
  assert.deepEqual(told, [30, 10, 0]);
});

test("a page that slept is told only where the countdown stands now", () => {
  assert.deepEqual(dueSince(45, 0), [0]);
  assert.deepEqual(dueSince(45, 9), [10]);
  assert.deepEqual(dueSince(45, 44), []);
});
