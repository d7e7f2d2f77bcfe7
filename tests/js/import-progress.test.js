/** The bar of a list being read or saved: moves while the state is the same, and then stops. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { show } from "../../static/js/components/import-progress.js";

function part() {
  const bar = {};
  const words = { textContent: "" };
  return {
    bar,
    words,
    dataset: { state: "applying" },
    querySelector: (wanted) => (wanted === "progress" ? bar : words),
  };
}

test("the bar follows what was answered", () => {
  const shown = part();
  assert.equal(show(shown, { state: "applying", done: 80, total: 1245, text: "80 / 1245" }), true);
  assert.deepEqual([shown.bar.value, shown.bar.max, shown.words.textContent], [80, 1245, "80 / 1245"]);
});

test("without a total the bar stays without a value", () => {
  const shown = part();
  show(shown, { state: "applying", done: 0, total: 0, text: "…" });
  assert.equal("value" in shown.bar, false);
});

test("another state ends the watching and changes nothing", () => {
  const shown = part();
  assert.equal(show(shown, { state: "applied", done: 0, total: 0, text: "x" }), false);
  assert.equal(shown.words.textContent, "");
});
