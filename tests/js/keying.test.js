import assert from "node:assert/strict";
import test from "node:test";

import { meaningOf } from "../../static/js/keying/keys.js";

const press = (key, more = {}) => ({ key, code: "", ...more });

test("a letter marks the person where the cursor stands, capital or small", () => {
  for (const place of ["marks", "warm", "signs"]) {
    assert.deepEqual(meaningOf(press("k"), place), { mark: "well" });
    assert.deepEqual(meaningOf(press("T", { shiftKey: true }), place), { mark: "signs" });
    assert.deepEqual(meaningOf(press("v"), place), { mark: "absent" });
    assert.deepEqual(meaningOf(press("c"), place), { mark: "" });
  }
});

test("an input method that hides the letter leaves the key on the board", () => {
  assert.deepEqual(meaningOf(press("Process", { code: "KeyK" }), "marks"), { mark: "well" });
});

test("letters are letters where words are typed", () => {
  for (const key of ["k", "t", "v", "c", "g", "1"]) assert.equal(meaningOf(press(key), "text"), null);
  assert.equal(meaningOf(press("k"), "list"), null);
});

test("a digit is a temperature beside the marks and a sign's number among signs", () => {
  assert.deepEqual(meaningOf(press("3"), "marks"), { warm: "3" });
  assert.deepEqual(meaningOf(press("3"), "signs"), { sign: 3 });
  assert.equal(meaningOf(press("3"), "warm"), null);
});

test("arrows and Enter go from person to person, from the list's time to the first", () => {
  assert.deepEqual(meaningOf(press("ArrowDown"), "marks"), { move: 1 });
  assert.deepEqual(meaningOf(press("ArrowUp"), "text"), { move: -1 });
  assert.deepEqual(meaningOf(press("Enter"), "warm"), { move: 1 });
  assert.deepEqual(meaningOf(press("Enter", { shiftKey: true }), "warm"), { move: -1 });
  assert.deepEqual(meaningOf(press("Enter"), "list"), { move: 1 });
  assert.equal(meaningOf(press("ArrowUp"), "list"), null);
});

test("the list is sent from anywhere; other shortcuts stay the browser's", () => {
  for (const place of ["marks", "text", "list", "none"]) {
    assert.deepEqual(meaningOf(press("Enter", { ctrlKey: true }), place), { send: true });
  }
  assert.equal(meaningOf(press("c", { ctrlKey: true }), "marks"), null);
  assert.equal(meaningOf(press("v", { metaKey: true }), "warm"), null);
  assert.equal(meaningOf(press("Tab"), "marks"), null);
});
