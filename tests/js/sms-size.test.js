import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { smsLeftOut, smsSize } from "../../static/js/sms-size.js";

const VECTORS = JSON.parse(readFileSync(new URL("../vectors/sms_sizes.json", import.meta.url), "utf-8"));

test("a text takes the parts that the server counts", () => {
  for (const { text, alphabet, parts } of VECTORS) {
    const found = smsSize(text);
    assert.deepEqual([found.alphabet, found.parts], [alphabet, parts], JSON.stringify(text));
  }
});

const LOST = JSON.parse(readFileSync(new URL("../vectors/sms_left_out.json", import.meta.url), "utf-8"));

test("what a plain SMS leaves out is what the server leaves out", () => {
  for (const { text, left_out } of LOST) assert.deepEqual(smsLeftOut(text), left_out, JSON.stringify(text));
});

test("a letter typed in pieces is one sign, and so is a picture", () => {
  assert.equal(smsSize("ế".normalize("NFD")).signs, 1);
  assert.equal(smsSize("😷").signs, 1);
});
