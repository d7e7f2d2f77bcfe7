import assert from "node:assert/strict";
import { pbkdf2Sync, webcrypto } from "node:crypto";
import test from "node:test";
import { createLeaving, opens } from "../../static/js/kiosk/leaving.js";
import { memoryStore } from "./memory-store.js";

const { subtle } = webcrypto;
const salt = "00112233445566778899aabbccddeeff";
const hash = pbkdf2Sync("583914", Buffer.from(salt, "hex"), 1000, 32, "sha256").toString("hex");
const lock = { salt, iterations: 1000, hash };

test("the park's hash opens with the PIN and with no other", async () => {
  assert.equal(await opens("583914", lock, subtle), true);
  assert.equal(await opens("583915", lock, subtle), false);
});

test("after five wrong ones even the right one waits a minute, also after a reload", async () => {
  const store = memoryStore();
  const time = { now: 1_000_000 };
  const clock = { now: () => time.now };
  const outcomes = [];
  for (const pin of ["0", "1", "2", "3", "4", "583914"]) {
    time.now += 10;
    outcomes.push(await createLeaving({ store, clock, subtle })(pin, lock));
  }
  assert.deepEqual(outcomes, ["wrong", "wrong", "wrong", "wrong", "wrong", "wait"]);
  time.now += 61_000;
  assert.equal(await createLeaving({ store, clock, subtle })("583914", lock), "left");
  assert.equal(await store.read("kiosk_leave_tries"), undefined);
});
