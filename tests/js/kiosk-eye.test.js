import assert from "node:assert/strict";
import test from "node:test";
import { createEye } from "../../static/js/kiosk/eye.js";
import { memoryStore } from "./memory-store.js";

function eyes({ store = memoryStore(), broken = false } = {}) {
  const told = { shown: [], stopped: 0 };
  const watch = async () => {
    if (broken) throw new Error("NotAllowedError");
    return () => (told.stopped += 1);
  };
  return { told, store, eye: createEye({ store, watch, show: (isOn) => told.shown.push(isOn) }) };
}

test("a camera that was switched on is on again after a restart, one that was switched off is not", async () => {
  const first = eyes();
  await first.eye.toggle(() => {});
  const again = eyes({ store: first.store });
  await again.eye.recall(() => {});
  assert.equal(again.eye.isOn(), true);
  await again.eye.toggle(() => {});
  assert.deepEqual([again.eye.isOn(), again.told.stopped], [false, 1]);
  const third = eyes({ store: first.store });
  await third.eye.recall(() => {});
  assert.equal(third.eye.isOn(), false);
});

test("a camera that may not be opened is said when asked for, and stops no beginning", async () => {
  const first = eyes();
  await first.eye.toggle(() => {});
  const { eye } = eyes({ store: first.store, broken: true });
  await eye.recall(() => {});
  assert.equal(eye.isOn(), false);
  await assert.rejects(eye.toggle(() => {}));
});
