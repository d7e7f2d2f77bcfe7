import assert from "node:assert/strict";
import { test } from "node:test";
import { holdUpdate, isHalfFilled, isHeld, isTyped, onHold, releaseUpdate } from "../../static/js/updates.js";

const text = (value, defaultValue = "") => ({ type: "text", value, defaultValue });
const choice = (selected, given) => ({
  type: "select-one",
  multiple: false,
  selectedIndex: selected.indexOf(true),
  options: selected.map((one, at) => ({ selected: one, defaultSelected: given[at] })),
});
const form = (elements, attributes = { method: "post" }) => ({ elements, getAttribute: (name) => attributes[name] ?? null });

test("only what a person has changed counts as typed", () => {
  assert.equal(isTyped(text("")), false);
  assert.equal(isTyped(text("38,4")), true);
  assert.equal(isTyped(text("Hoa", "Hoa")), false);
  assert.equal(isTyped({ type: "checkbox", checked: true, defaultChecked: true }), false);
  assert.equal(isTyped({ type: "radio", checked: true, defaultChecked: false }), true);
  assert.equal(isTyped({ type: "hidden", value: "token", defaultValue: "" }), false);
  assert.equal(isTyped({ ...text("x"), disabled: true }), false);
  assert.equal(isTyped({ type: "fieldset" }), false);
  assert.equal(isTyped({ type: undefined }), false);
});

test("a list left as it came is not typed, with a chosen row and without", () => {
  assert.equal(isTyped(choice([true, false], [false, false])), false);
  assert.equal(isTyped(choice([false, true], [false, false])), true);
  assert.equal(isTyped(choice([false, true], [false, true])), false);
  assert.equal(isTyped(choice([true, false], [false, true])), true);
});

test("searches and filters do not hold an update back", () => {
  assert.equal(isHalfFilled([form([text("38,4")])]), true);
  assert.equal(isHalfFilled([form([text("38,4")], {})]), true);
  assert.equal(isHalfFilled([form([text("hoa")], { method: "get" })]), false);
  assert.equal(isHalfFilled([form([text("hoa")], { role: "search" })]), false);
  assert.equal(isHalfFilled([form([text("")])]), false);
});

test("an update is held until the last holder lets go", () => {
  let told = 0;
  onHold(() => (told += 1));
  holdUpdate("roll-call");
  holdUpdate("form");
  holdUpdate("form");
  releaseUpdate("form");
  assert.equal(isHeld(), true);
  releaseUpdate("never");
  releaseUpdate("roll-call");
  assert.equal(isHeld(), false);
  assert.ok(told >= 2);
});
