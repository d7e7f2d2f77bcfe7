import assert from "node:assert/strict";
import test from "node:test";

import { daysBetween, isoWithOffset, statedOffset, wallClock } from "../../static/js/outbox/moment.js";

const AT = Date.parse("2021-11-08T22:21:03.120Z");

test("a moment is written with the phone's own offset and means the same moment", () => {
  assert.equal(isoWithOffset(AT, 420), "2021-11-09T05:21:03.120+07:00");
  assert.equal(isoWithOffset(AT, -210), "2021-11-08T18:51:03.120-03:30");
  for (const east of [-720, -210, 0, 330, 420, 845]) assert.equal(Date.parse(isoWithOffset(AT, east)), AT);
});

test("the wall clock of the park is read from the park's own offset", () => {
  assert.equal(statedOffset("2021-11-09T06:00:00+07:00"), 420);
  assert.equal(statedOffset("2021-11-09T06:00:00-03:30"), -210);
  assert.equal(statedOffset("2021-11-08T23:00:00Z"), null);
  assert.deepEqual(wallClock(AT, 420), { day: "2021-11-09", time: "05:21" });
  assert.equal(wallClock(null, 420), null);
});

test("days are counted by the calendar", () => {
  assert.equal(daysBetween("2021-02-28", "2021-03-01"), 1);
  assert.equal(daysBetween("2021-11-09", "2021-11-08"), -1);
});
