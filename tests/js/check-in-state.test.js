import assert from "node:assert/strict";
import test from "node:test";

import { wellAnswers } from "../../static/js/check-in/answers.js";
import { checkInView } from "../../static/js/check-in/state.js";
import { FORM, SHIFT, me } from "./me.js";

const MORNING = Date.parse("2021-11-09T05:21:00+07:00");

const item = (state, more = {}) => ({
  key: `key-${state}`,
  kind: "check_in",
  made_at: "2021-11-09T05:21:00.000+07:00",
  state,
  body: { shift_on: SHIFT.on, shift: SHIFT.code, answers: wellAnswers(FORM), rules: FORM.rules },
  answer: null,
  ...more,
});

const result = (more = {}) => ({
  answer: {
    outcome: "applied",
    received_at: "2021-11-09T05:24:00+07:00",
    result: { check_in_id: "c1", version: 1, level: "green", reasons: [], advice: null, pass: "a.b.c", ...more },
  },
});

const signs = { body: { ...item("saved").body, answers: { symptoms: ["cough"], temperature_c: null, exposures: {} } } };

const look = (more = {}) => checkInView({ me: me(), fresh: true, items: [], now: MORNING, ...more });

test("nobody answered yet: the question", () => {
  assert.equal(look().screen, "to_answer");
  assert.equal(look().amending, false);
});

test("an answer on this phone only is queued, has no pass, and is not called received", () => {
  const view = look({ items: [item("saved")] });
  assert.equal(view.screen, "queued");
  assert.equal(view.has, null);
  assert.equal(view.said, "well");
});

test("a received answer with a pass offers the pass; without one it does not", () => {
  const view = look({ items: [item("received", result())] });
  assert.equal(view.screen, "received");
  assert.equal(view.has.pass, true);
  assert.equal(view.has.received_at, "2021-11-09T05:24:00+07:00");
  assert.equal(look({ items: [item("received", result({ pass: null }))] }).has.pass, false);
});

test("an answer that the park took without a word about it is not asked for again", () => {
  const view = look({ items: [item("received", { answer: { outcome: "applied", result: null, received_at: null } })] });
  assert.equal(view.screen, "received");
  assert.deepEqual([view.has.level, view.has.pass], [null, false]);
});

test("the park's own word stands over the result of the same version", () => {
  const amber = { id: "c1", version: 1, level: "amber", made_at: "x", received_at: "y", advice: "Chờ.", reasons: [{ code: "a", text: "b" }] };
  const view = look({ me: me({ check_in: amber }), items: [item("received", result())] });
  assert.equal(view.has.level, "amber");
  assert.equal(view.has.pass, false);
  assert.equal(view.has.reasons.length, 1);
});

test("a result newer than the park's last word is shown until the park is asked again", () => {
  const old = { id: "c1", version: 1, level: "green", made_at: "x", received_at: "y", advice: null, reasons: [] };
  const view = look({ me: me({ check_in: old }), items: [item("received", result({ version: 2, level: "red", pass: null }))] });
  assert.equal(view.has.level, "red");
});

test("a change still on the phone is queued, and what the park has keeps being shown", () => {
  const red = { id: "c1", version: 1, level: "red", made_at: "x", received_at: "y", advice: "Ở yên.", reasons: [] };
  const view = look({ me: me({ check_in: red }), items: [item("saved")] });
  assert.equal(view.screen, "queued");
  assert.equal(view.has.level, "red");
});

test("signs still on the phone are said to be signs, without a level", () => {
  const view = look({ items: [item("saved", signs)] });
  assert.equal(view.said, "signs");
  assert.equal(view.has, null);
});

test("a refused answer is shown until dismissed, then the question comes back", () => {
  const refused = item("refused", { answer: { code: "checkins.shift_over", message: "Ca này đã kết thúc." } });
  assert.equal(look({ items: [refused] }).screen, "refused");
  assert.deepEqual(look({ items: [refused] }).returned, []);
  assert.equal(look({ items: [{ ...refused, dismissed_at: 5 }] }).screen, "to_answer");
});

test("what came back for another shift, or of another kind, is named on every screen", () => {
  const other = item("refused", { key: "other", body: { ...item("saved").body, shift_on: "2021-11-08" } });
  const view = look({ items: [other, item("saved")] });
  assert.equal(view.screen, "queued");
  assert.deepEqual(view.returned.map((one) => one.key), ["other"]);
});

test("other actions that wait are counted, the shown one is not", () => {
  const read = { ...item("saved"), key: "read", kind: "message_read", body: { message: "m" } };
  assert.equal(look({ items: [item("saved"), read] }).waiting, 1);
  assert.equal(look({ items: [read] }).waiting, 1);
});

test("reporting a change opens the form again over any answer", () => {
  const view = look({ mode: "answer", items: [item("received", result())] });
  assert.equal(view.screen, "to_answer");
  assert.equal(view.amending, true);
});

test("consent comes first; a tap here counts before the park has it; no leads to a page, and back", () => {
  const asked = me({ consent: { needed: true, version: "2", title: "t", paragraphs: [] } });
  const tapped = (agreed, more = {}) => ({ ...item("saved"), kind: "consent", body: { version: "2", agreed }, ...more });
  assert.equal(look({ me: asked }).screen, "consent");
  assert.equal(look({ me: asked, items: [tapped(true)] }).screen, "to_answer");
  assert.equal(look({ me: asked, items: [tapped(true), tapped(false)] }).screen, "consent_refused");
  assert.equal(look({ me: asked, items: [tapped(false)], mode: "reconsider" }).screen, "consent");
  assert.equal(look({ me: asked, items: [tapped(false, { state: "refused" })] }).screen, "consent");
  assert.equal(look({ me: asked, items: [{ ...tapped(true), body: { version: "1", agreed: true } }] }).screen, "consent");
});

test("what the park says of consent stands once it has been asked after taking the tap", () => {
  const consent = { needed: true, refused: true, version: "2", title: "t", paragraphs: [] };
  const tap = (received_at) => ({
    ...item("received", { answer: { received_at, result: null } }),
    kind: "consent",
    body: { version: "2", agreed: true },
  });
  const before = tap("2021-11-09T05:00:00+07:00");
  const after = tap("2021-11-09T05:22:00+07:00");
  assert.equal(look({ me: me({ consent }) }).screen, "consent_refused");
  assert.equal(look({ me: me({ consent }), items: [before] }).screen, "consent_refused");
  assert.equal(look({ me: me({ consent }), items: [after] }).screen, "to_answer");
  const refusing = { ...after, body: { version: "2", agreed: false } };
  assert.equal(look({ me: me({ consent: { ...consent, needed: false, refused: false } }), items: [refusing] }).screen, "consent_refused");
});

test("who is no worker, or has no shift, is told so", () => {
  assert.equal(look({ me: me({ worker: null, shift: null }) }).screen, "no_worker");
  assert.equal(look({ me: me({ shift: null }) }).screen, "no_shift");
});

test("a wrong phone clock changes nothing while the park answers", () => {
  for (const now of [0, MORNING - 9e9, MORNING + 9e9]) assert.equal(look({ now }).screen, "to_answer");
});

test("a kept copy of yesterday does not ask for yesterday's shift", () => {
  const nextDay = MORNING + 86_400_000;
  const over = look({ fresh: false, now: nextDay });
  assert.equal(over.screen, "shift_over");
  assert.equal(look({ fresh: false, now: nextDay, mode: "last_shift" }).screen, "to_answer");
  const tomorrow = { ...SHIFT, on: "2021-11-10", starts_at: "2021-11-10T06:00:00+07:00", ends_at: "2021-11-10T14:00:00+07:00" };
  const known = look({ me: me({ next_shifts: [tomorrow] }), fresh: false, now: nextDay });
  assert.equal(known.screen, "to_answer");
  assert.deepEqual([known.shift.on, known.shift.when], ["2021-11-10", "today"]);
});

test("yesterday's answer is not shown as today's", () => {
  const done = { id: "c1", version: 1, level: "green", made_at: "x", received_at: "y", advice: null, reasons: [] };
  const tomorrow = { ...SHIFT, on: "2021-11-10", ends_at: "2021-11-10T14:00:00+07:00" };
  const view = look({ me: me({ check_in: done, next_shifts: [tomorrow] }), fresh: false, now: MORNING + 86_400_000 });
  assert.equal(view.screen, "to_answer");
  assert.equal(view.has, null);
});

const ASKED = { case: "case-1", on: SHIFT.on };
const heard = (state) => item(state, { kind: "follow_up", body: { ...ASKED, answers: wellAnswers(FORM) } });

test("who is in follow-up is asked about today first, once", () => {
  const asking = me({ follow_up: ASKED });
  assert.equal(look({ me: asking }).screen, "follow_up");
  assert.deepEqual(look({ me: asking }).day, ASKED);
  for (const state of ["saved", "received"]) {
    assert.equal(look({ me: asking, items: [heard(state)] }).screen, "to_answer");
  }
  assert.equal(look({ me: asking, items: [heard("received")] }).followed, true);
  assert.equal(look({ me: asking, items: [heard("saved")] }).followed, false);
});

test("somebody without a shift is asked too, and then told that none is ahead", () => {
  const asking = me({ follow_up: ASKED, shift: null });
  assert.equal(look({ me: asking }).screen, "follow_up");
  assert.equal(look({ me: asking, items: [heard("received")] }).screen, "no_shift");
});

test("a kept copy of yesterday asks nothing about today", () => {
  const asking = me({ follow_up: { ...ASKED, on: "2021-11-08" } });
  assert.equal(look({ me: asking, fresh: false }).screen, "to_answer");
});

test("a change of health is told for the shift, whoever is in follow-up", () => {
  assert.equal(look({ me: me({ follow_up: ASKED }), mode: "answer" }).screen, "to_answer");
});
