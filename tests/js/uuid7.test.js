import assert from "node:assert/strict";
import test from "node:test";

import { uuid7 } from "../../static/js/outbox/uuid7.js";
import { chance } from "./chance.js";

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a key has the shape and bits of a UUID of version 7", () => {
  const luck = chance(7);
  for (let count = 0; count < 200; count += 1) assert.match(uuid7(1636435260000 + count, luck.bytes), SHAPE);
});

test("the first 48 bits are the milliseconds", () => {
  const key = uuid7(0x017f22e279b0, () => new Uint8Array(16).fill(0xff));
  assert.equal(key, "017f22e2-79b0-7fff-bfff-ffffffffffff");
});

test("later keys sort later and none comes twice", () => {
  const luck = chance(8);
  const keys = Array.from({ length: 500 }, (_, index) => uuid7(1636435260000 + index, luck.bytes));
  assert.deepEqual([...keys].sort(), keys);
  assert.equal(new Set(keys).size, 500);
});
