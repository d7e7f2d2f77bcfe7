import assert from "node:assert/strict";
import test from "node:test";

import {
  checkInBody,
  formAnswers,
  readTemperature,
  steppedTemperature,
  tellsOfSomething,
  wellAnswers,
} from "../../static/js/check-in/answers.js";
import { FORM, SHIFT } from "./me.js";

const RANGE = [34, 43];
const filled = (more = {}) => ({ symptoms: [], temperature: "", exposures: { contact_case: "no", travel: "no" }, ...more });

test("one green tap says no to exactly the questions its sentence names, and measures nothing", () => {
  assert.deepEqual(wellAnswers(FORM), { symptoms: [], temperature_c: null, exposures: { contact_case: false } });
});

test("a temperature may be typed with a comma or a point, with or without its unit", () => {
  for (const text of ["37,8", "37.8", " 37,8 °C", "37.8°", "37,8 độ"]) {
    assert.deepEqual(readTemperature(text, RANGE), { value: 37.8 }, text);
  }
  assert.deepEqual(readTemperature("37", RANGE), { value: 37 });
  assert.deepEqual(readTemperature("  ", RANGE), { value: null });
});

test("a temperature nobody has is not taken, and not guessed", () => {
  for (const text of ["378", "3,78", "99", "33,9", "43,1"]) assert.ok(readTemperature(text, RANGE).error, text);
  for (const text of ["sốt", "37,8,1", "37..8", "-37"]) {
    assert.deepEqual(readTemperature(text, RANGE), { error: "unreadable" }, text);
  }
});

test("the stepper begins at 36.5, goes by tenths and stays in the range", () => {
  assert.equal(steppedTemperature("", 1, RANGE), 36.5);
  assert.equal(steppedTemperature("37,4", 1, RANGE), 37.5);
  assert.equal(steppedTemperature("37.4", -1, RANGE), 37.3);
  assert.equal(steppedTemperature("43", 1, RANGE), 43);
  for (let tenths = 340; tenths < 430; tenths += 1) {
    assert.equal(steppedTemperature(String(tenths / 10), 1, RANGE), (tenths + 1) / 10);
  }
});

test("a question left open is an error at that question, and nothing is sent", () => {
  const { errors, answers } = formAnswers(filled({ exposures: { travel: "no" } }), FORM);
  assert.equal(answers, undefined);
  assert.deepEqual(errors, [{ field: "contact_case", code: "unanswered" }]);
});

test("errors come in the order of the page: temperature first, then the questions", () => {
  const { errors } = formAnswers(filled({ temperature: "378", exposures: {} }), FORM);
  assert.deepEqual(errors.map((error) => error.field), ["temperature", "contact_case", "travel"]);
});

test("a filled form gives its signs in the order of the rules and a plain yes or no to each question", () => {
  const { answers } = formAnswers(
    filled({ symptoms: ["cough", "fever"], temperature: "37,8", exposures: { contact_case: "yes", travel: "no" } }),
    FORM,
  );
  assert.deepEqual(answers, {
    symptoms: ["fever", "cough"],
    temperature_c: 37.8,
    exposures: { contact_case: true, travel: false },
  });
  assert.deepEqual(checkInBody(SHIFT, answers, FORM), {
    shift_on: "2021-11-09",
    shift: "ca1",
    answers,
    rules: "workplace_2020@1",
  });
});

test("words go with a sign that wants them, and with no other", () => {
  const form = { ...FORM, symptoms: [...FORM.symptoms, { id: "other", text: "Dấu hiệu khác", free_text: true }] };
  const said = (symptoms, note) => formAnswers(filled({ symptoms, note }), form).answers.note;
  assert.equal(said(["other"], " nổi ban "), "nổi ban");
  assert.equal(said(["cough"], "nổi ban"), undefined);
  assert.equal(said(["other"], "  "), undefined);
});

test("a sign, a contact or a fever tells of something; a tap on well does not", () => {
  const well = wellAnswers(FORM);
  assert.equal(tellsOfSomething(well, FORM), false);
  assert.equal(tellsOfSomething({ ...well, symptoms: ["cough"] }, FORM), true);
  assert.equal(tellsOfSomething({ ...well, temperature_c: 37.5 }, FORM), true);
  assert.equal(tellsOfSomething({ ...well, temperature_c: 37.4 }, FORM), false);
  assert.equal(tellsOfSomething({ ...well, exposures: { travel: true } }, FORM), true);
});
