import assert from "node:assert/strict";
import { test } from "node:test";
import { isFull } from "../../static/js/storage.js";

const named = (name, more = {}) => Object.assign(new Error(name), { name, ...more });

test("only a failure for want of room is called that, however deep it lies", () => {
  assert.equal(isFull(named("QuotaExceededError")), true);
  assert.equal(isFull(named("AbortError", { inner: named("QuotaExceededError") })), true);
  assert.equal(isFull(named("AbortError", { cause: named("QuotaExceededError") })), true);
  assert.equal(isFull(named("InvalidStateError")), false);
  assert.equal(isFull(null), false);
});
