import assert from "node:assert/strict";
import test from "node:test";

import { actOf } from "../../static/js/roll-call/keys.js";
import { closingOf, mayUndo, onItsWay, undoBody } from "../../static/js/roll-call/outcome.js";
import {
  countMarks,
  countOpen,
  draftOf,
  fillRest,
  findRow,
  openSheet,
  rollCallBody,
  setDetails,
  setMark,
  setTemperature,
  sheetToCall,
  shownMark,
  unreadable,
} from "../../static/js/roll-call/sheet.js";
import { closingValues, headValues } from "../../static/js/roll-call/values.js";

const FORM = {
  symptoms: [
    { id: "cough", text: "Ho" },
    { id: "sore_throat", text: "Đau họng" },
  ],
  fever_from_c: 37.5,
  plausible_c: [34, 43],
};
const person = (badge, name, more = {}) => ({ badge, name, state: "expected", by: "nobody", reason: null, level: null, ...more });
const SHIFT = {
  on: "2021-11-09",
  code: "ca1",
  text: "Ca 1",
  starts_at: "2021-11-09T06:00:00+07:00",
  ends_at: "2021-11-09T14:00:00+07:00",
  expected: 5,
};
const park = (members, more = {}) => ({
  group: { id: "g", kind: "line", name: "Chuyền 3" },
  company: { code: "SAOBAC", name: "Điện tử Sao Bắc" },
  leader: "Trịnh Thị Phượng",
  shift: SHIFT,
  shifts: [SHIFT],
  members,
  last: null,
  form: FORM,
  ...more,
});
const LINE = [
  person("A1", "Nguyễn Thị Hoa", { state: "answered", level: "green", by: "own" }),
  person("A2", "Thân Thị Ngọc Ánh", { state: "answered", level: "red", by: "own", signs: ["ho"] }),
  person("A3", "Giáp Văn Tuấn", { state: "on_leave" }),
  person("A4", "Trần Thị Lan"),
  person("A5", "Đỗ Thị Đào"),
  person("A6", "Lê Văn Mạnh"),
];
const at = (sheet, badge) => sheet.rows.findIndex((row) => row.badge === badge);

test("a sheet opens with what the park knows; only who was shown without a mark is told, as not asked", () => {
  const sheet = openSheet(park(LINE));
  assert.deepEqual(sheet.rows.map(shownMark), ["well", "symptoms", "absent", "not_asked", "not_asked", "not_asked"]);
  assert.deepEqual(countMarks(sheet), { well: 1, symptoms: 1, absent: 1, not_asked: 3 });
  const body = rollCallBody(park(LINE), sheet);
  const except = ["A4", "A5", "A6"].map((badge) => ({ badge, state: "not_asked" }));
  assert.deepEqual(body, { group: "g", shift_on: "2021-11-09", shift: "ca1", well: [], except });
});

test("all well, except who was marked: only those on the sheet whom nobody spoke of", () => {
  let sheet = openSheet(park(LINE));
  sheet = setMark(sheet, 3, "absent");
  sheet = setMark(sheet, 4, "not_asked");
  assert.equal(countOpen(sheet), 1);
  sheet = fillRest(sheet);
  assert.equal(countOpen(sheet), 0);
  const body = rollCallBody(park(LINE), sheet);
  assert.deepEqual(body.well, ["A6"]);
  assert.deepEqual(body.except, [
    { badge: "A4", state: "absent" },
    { badge: "A5", state: "not_asked" },
  ]);
});

test("a mark taken back to what the park has is no mark", () => {
  let sheet = setMark(openSheet(park(LINE)), 0, "symptoms");
  assert.deepEqual(rollCallBody(park(LINE), sheet).except[0], { badge: "A1", state: "symptoms", symptoms: [] });
  sheet = setMark(sheet, 0, "well");
  assert.deepEqual(rollCallBody(park(LINE), sheet).except.map(({ badge }) => badge), ["A4", "A5", "A6"]);
  assert.deepEqual(rollCallBody(park(LINE), sheet).well, []);
});

test("whoever was measured was seen: a fever marks signs, a usual temperature well, typed anew it counts anew", () => {
  let sheet = setTemperature(openSheet(park(LINE)), 3, "36");
  assert.equal(shownMark(sheet.rows[3]), "well");
  sheet = setTemperature(sheet, 3, "38,1");
  assert.equal(shownMark(sheet.rows[3]), "symptoms");
  assert.equal(shownMark(setTemperature(sheet, 3, "").rows[3]), "not_asked");
  assert.equal(countOpen(setTemperature(sheet, 3, "3")), 3);
  assert.equal(shownMark(setTemperature(setMark(sheet, 3, "absent"), 3, "36,5").rows[3]), "absent");
  sheet = fillRest(setTemperature(sheet, 4, "36,6"));
  const body = rollCallBody(park(LINE), sheet);
  assert.deepEqual(body.except, [{ badge: "A4", state: "symptoms", symptoms: [], temperature_c: 38.1 }]);
  assert.deepEqual(body.temperatures, { A5: 36.6 });
});

test("a temperature that nobody can read holds the sheet back", () => {
  const sheet = setMark(setTemperature(openSheet(park(LINE)), 3, "365"), 3, "well");
  assert.equal(unreadable(sheet), 3);
  assert.equal(unreadable(setTemperature(sheet, 3, "36.5")), -1);
});

test("signs and reasons go with their mark", () => {
  let sheet = setDetails(setMark(openSheet(park(LINE)), 3, "symptoms"), 3, { symptoms: ["cough"], reason: " từ sáng " });
  sheet = setDetails(setMark(sheet, 4, "absent"), 4, { reason: "nghỉ ốm" });
  assert.deepEqual(rollCallBody(park(LINE), sheet).except, [
    { badge: "A4", state: "symptoms", symptoms: ["cough"], reason: "từ sáng" },
    { badge: "A5", state: "absent", reason: "nghỉ ốm" },
    { badge: "A6", state: "not_asked" },
  ]);
});

test("a draft comes back over what the park says now, and drops who is gone", () => {
  const draft = draftOf(setMark(setMark(openSheet(park(LINE)), 3, "absent"), 4, "well"));
  assert.deepEqual(Object.keys(draft.rows), ["A4", "A5"]);
  const later = park([LINE[0], { ...LINE[3], state: "answered", level: "red", by: "own" }, LINE[5]]);
  const sheet = openSheet(later, { draft });
  assert.deepEqual(sheet.rows.map(shownMark), ["well", "absent", "not_asked"]);
  assert.equal(sheet.rows[1].level, "red");
});

test("somebody is found by words without accents, and by badge, the next one first", () => {
  const sheet = openSheet(park(LINE));
  assert.equal(findRow(sheet, "dao do"), at(sheet, "A5"));
  assert.equal(findRow(sheet, "thi"), 0);
  assert.equal(findRow(sheet, "thi", 0), 1);
  assert.equal(findRow(sheet, "a6"), at(sheet, "A6"));
  assert.equal(findRow(sheet, "xyz"), -1);
  assert.equal(findRow(sheet, " "), -1);
});

test("keys: letters mark inside rows only, and never while somebody writes words", () => {
  assert.deepEqual(actOf({ key: "t" }, "row"), { act: "mark", mark: "symptoms" });
  assert.deepEqual(actOf({ key: "V" }, "row"), { act: "mark", mark: "absent" });
  assert.deepEqual(actOf({ key: "Process", code: "KeyC" }, "row"), { act: "mark", mark: "not_asked" });
  assert.deepEqual(actOf({ key: "K", shiftKey: true }, "row"), { act: "fill" });
  assert.equal(actOf({ key: "t" }, "text"), null);
  assert.equal(actOf({ key: "t" }, "button"), null);
  assert.equal(actOf({ key: "v", ctrlKey: true }, "row"), null);
  assert.deepEqual(actOf({ key: "/" }, "button"), { act: "find" });
  assert.equal(actOf({ key: "/" }, "text"), null);
  assert.deepEqual(actOf({ key: "Enter", ctrlKey: true }, "text"), { act: "close" });
  assert.deepEqual(actOf({ key: "3" }, "row"), { act: "measure" });
  assert.deepEqual(actOf({ key: "ArrowDown" }, "row"), { act: "down" });
  assert.deepEqual(actOf({ key: "ArrowUp" }, "button"), { act: "up" });
  assert.equal(actOf({ key: "ArrowUp" }, "text"), null);
  assert.equal(actOf({ key: "Tab" }, "row"), null);
});

const closed = (state, more = {}) => ({
  key: "k1",
  kind: "roll_call",
  made_at: "2021-11-09T06:14:00.000+07:00",
  state,
  body: { group: "g", shift_on: "2021-11-09", shift: "ca1", well: ["A4"], except: [{ badge: "A5", state: "absent", reason: "nghỉ ốm" }] },
  answer: null,
  ...more,
});
const RESULT = {
  recorded: [{ badge: "A4", said: "well", state: "answered", level: "red" }],
  kept: [
    { badge: "A1", said: "well", state: "answered", level: "green", reason: "own_answer" },
    { badge: "A2", said: "absent", state: "answered", level: "red", reason: "own_answer" },
    { badge: "A6", said: "absent", state: "absent", reason: "same" },
  ],
  not_on_sheet: ["A5"],
};
const taken = closed("received", { answer: { result: RESULT, received_at: "2021-11-09T06:20:00+07:00" } });

test("a closed sheet on its way stands with its marks until the park has it", () => {
  const closing = closingOf(park(LINE), [closed("saved")]);
  assert.equal(closing.by, "Trịnh Thị Phượng");
  const sheet = openSheet(park(LINE), { closed: onItsWay(closing) });
  assert.deepEqual(sheet.rows.map(shownMark), ["well", "symptoms", "absent", "well", "absent", "not_asked"]);
  assert.deepEqual(rollCallBody(park(LINE), sheet).well, []);
  const values = closingValues(closing, park(LINE));
  assert.deepEqual([values.waiting, values.received, values.may_undo, values.made_at], [true, false, true, "06:14"]);
});

test("what was kept against a sheet is told with both sides, what agrees only counted", () => {
  const values = closingValues(closingOf(park(LINE), [taken]), park(LINE));
  assert.equal(values.own, 2);
  assert.deepEqual(
    values.conflicts.map(({ name, said_absent, said_well, held_red }) => [name, Boolean(said_absent), Boolean(said_well), held_red]),
    [
      ["Thân Thị Ngọc Ánh", true, false, true],
      ["Trần Thị Lan", false, true, true],
    ],
  );
  assert.equal(values.newcomers, "Đỗ Thị Đào");
  assert.equal(values.received_at, "06:20");
});

test("an undo is shown from the moment it is kept here, and only once", () => {
  const undo = { key: "k2", kind: "roll_call_undo", body: undoBody(park(LINE), { key: "k1" }), state: "saved", answer: null };
  const closing = closingOf(park(LINE), [closed("saved"), undo]);
  assert.equal(mayUndo(closing), false);
  assert.equal(onItsWay(closing), null);
  assert.equal(closingValues(closing, park(LINE)).undo_waiting, true);
  const refused = closingOf(park(LINE), [taken, { ...undo, state: "refused", answer: { message: "Đã hoàn tác rồi." } }]);
  assert.equal(mayUndo(refused), true);
  assert.equal(closingValues(refused, park(LINE)).undo_refused, "Đã hoàn tác rồi.");
});

test("of two closings the one that reached the park last is told", () => {
  const last = {
    roll_call: "other",
    called_by: "Nguyễn Thị Hạnh",
    made_at: "2021-11-09T06:10:00+07:00",
    received_at: "2021-11-09T06:30:00+07:00",
    undone_at: null,
  };
  const told = (items, more) => closingOf(park(LINE, { last: { ...last, ...more } }), items).by;
  assert.equal(told([taken]), "Nguyễn Thị Hạnh");
  assert.equal(told([closed("saved")]), "Trịnh Thị Phượng");
  assert.equal(told([taken], { received_at: "2021-11-09T06:15:00+07:00" }), "Trịnh Thị Phượng");
  assert.equal(told([]), "Nguyễn Thị Hạnh");
  assert.equal(closingOf(park(LINE), []), null);
  const elsewhere = closingOf(park(LINE, { last: { ...last, roll_call: "k1", undone_at: "x" } }), [taken]);
  assert.equal(mayUndo(elsewhere), false);
});

test("of kept sheets the shift that runs or begins soon is called", () => {
  const of = (starts, ends) => park([], { shift: { ...SHIFT, starts_at: `2021-11-${starts}:00+07:00`, ends_at: `2021-11-${ends}:00+07:00` } });
  const night = of("08T22:00", "09T06:00");
  const morning = of("09T06:00", "09T14:00");
  const on = (time) => sheetToCall([morning, night], Date.parse(`2021-11-${time}:00+07:00`));
  assert.equal(on("09T03:00"), night);
  assert.equal(on("09T05:10"), morning);
  assert.equal(on("09T20:00"), morning);
  assert.equal(on("08T12:00"), night);
  assert.equal(sheetToCall([], 0), null);
});

test("the head names group, shift, day and hours as they are read", () => {
  const { group, shift, day, starts, ends, people, initials } = headValues(park(LINE), "vi");
  assert.deepEqual([group, shift, day], ["Chuyền 3", "Ca 1", "Thứ Ba 09/11/2021"]);
  assert.deepEqual([starts, ends, people, initials], ["06:00", "14:00", 6, "TP"]);
});
