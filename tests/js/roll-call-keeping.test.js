import assert from "node:assert/strict";
import test from "node:test";

import { createKeeping } from "../../static/js/roll-call/keeping.js";
import { keptValues } from "../../static/js/roll-call/values.js";

const HOUR = 3_600_000;
const MORNING = Date.parse("2021-11-09T05:30:00+07:00");

/** The session's copies as roll calls use them: by name, of one person. */
function person(now = { at: MORNING }) {
  const copies = new Map();
  const session = {
    current: async () => ({ serial: 1 }),
    keep: async (name, value, { at }) => copies.set(name, structuredClone({ value, at })),
    kept: async (name) => copies.get(name) || null,
  };
  return createKeeping({ session, clock: { now: () => now.at } });
}

const park = (id, on = "2021-11-09", starts = "06", ends = "14", code = "ca1") => ({
  group: { id, kind: "line", name: `Chuyền ${id}` },
  company: { code: "SAOBAC", name: "Điện tử Sao Bắc" },
  leader: "Trịnh Thị Phượng",
  shift: { on, code, text: "Ca 1", starts_at: `${on}T${starts}:00:00+07:00`, ends_at: `${on}T${ends}:00:00+07:00`, expected: 1 },
  shifts: [],
  members: [{ badge: "A1", name: "Hoa", state: "expected", by: "nobody" }],
  last: null,
  form: { symptoms: [], fever_from_c: 37.5, plausible_c: [34, 43] },
});

test("the sheet to call now is found by its group, or the one that was asked for", async () => {
  const keeping = person();
  await keeping.keepSheet(park("3"), 1);
  await keeping.keepSheet(park("3", "2021-11-09", "14", "22", "ca2"), 1);
  await keeping.keepSheet(park("7"), 1);
  const found = await keeping.sheet({ group: "3", on: null, shift: null }, MORNING);
  assert.equal(found.park.shift.code, "ca1");
  assert.equal(found.at, MORNING);
  assert.equal((await keeping.sheet({ group: "3", on: null, shift: "ca2" }, MORNING)).park.shift.code, "ca2");
  assert.equal((await keeping.sheet({ group: "3", on: null, shift: null }, MORNING + 9 * HOUR)).park.shift.code, "ca2");
  assert.equal(await keeping.sheet({ group: "9", on: null, shift: null }, MORNING), null);
  assert.equal(await keeping.sheet({ group: "3", on: "2021-11-10", shift: null }, MORNING), null);
});

test("marks are kept by group and shift, and go when the sheet is closed", async () => {
  const keeping = person();
  const rows = { A1: { mark: "absent" } };
  await keeping.keepDraft(park("3"), { rows });
  await keeping.keepDraft(park("7"), { rows: {} });
  assert.deepEqual((await keeping.draft(park("3"))).rows, rows);
  assert.equal(await keeping.draft(park("3", "2021-11-10")), null);
  await keeping.dropDraft(park("3"));
  assert.equal(await keeping.draft(park("3")), null);
  assert.deepEqual((await keeping.draft(park("7"))).rows, {});
});

test("a machine keeps the newest sheets only", async () => {
  const now = { at: MORNING };
  const keeping = person(now);
  for (let number = 0; number < 20; number += 1) {
    await keeping.keepSheet(park(String(number)), 1);
    now.at += 1000;
  }
  const kept = (await keeping.sheets(now.at)).map((each) => each.park.group.id);
  assert.deepEqual(kept, ["8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19"]);
});

test("a group without a shift keeps no sheet", async () => {
  const keeping = person();
  await keeping.keepSheet({ ...park("3"), shift: null }, 1);
  assert.deepEqual(await keeping.sheets(MORNING), []);
});

test("a kept sheet says of when it is and whether it waits to be sent", () => {
  const body = { group: "3", shift_on: "2021-11-09", shift: "ca1", well: [], except: [] };
  const item = { key: "k", kind: "roll_call", made_at: "2021-11-09T06:14:00+07:00", state: "saved", body, answer: null };
  const [line] = keptValues([{ park: park("3"), at: MORNING }], [item]);
  assert.deepEqual([line.group, line.at, line.people, line.waiting, line.closed_by], ["Chuyền 3", "05:30", 1, true, null]);
  const last = { roll_call: "k", called_by: "Hạnh", made_at: item.made_at, received_at: item.made_at, undone_at: null };
  const [told] = keptValues([{ park: { ...park("3"), last }, at: MORNING }], []);
  assert.deepEqual([told.waiting, told.closed_by], [false, "Hạnh"]);
});
