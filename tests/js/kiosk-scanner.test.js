import assert from "node:assert/strict";
import test from "node:test";
import { cardIn, createScanner, letterAt } from "../../static/js/kiosk/scanner.js";
import { chance } from "./chance.js";

const SECRET = "q1W2e3-R4_t5Y6u7I8o9P0";
const ADDRESS = `https://anca.example:8443/c#${SECRET}`;
const PLACES = { "-": "Minus", _: "Minus", "/": "Slash", ":": "Semicolon", ".": "Period", "#": "Digit3" };
const SHIFTED = /[A-Z_:#]/;

/** The keys that a scanner presses for a text, on an American board. */
function keysOf(text) {
  return Array.from(text, (key) => {
    const letter = /[a-z]/i.test(key) ? `Key${key.toUpperCase()}` : null;
    const code = letter || PLACES[key] || `Digit${key}`;
    return { code, key, shift: SHIFTED.test(key), caps: false, field: null };
  });
}

function play(scanner, keys, { gap = 5, from = 1000, end = { code: "Enter", key: "Enter" }, field = null } = {}) {
  let at = from;
  let last = { swallow: false };
  for (const key of [...keys, ...(end ? [end] : [])]) {
    last = scanner.press({ shift: false, caps: false, ...key, field, at });
    at += typeof gap === "function" ? gap() : gap;
  }
  return last;
}

test("an address and a bare secret are the same card, ended by Enter or Tab", () => {
  for (const text of [ADDRESS, SECRET]) {
    for (const code of ["Enter", "NumpadEnter", "Tab"]) {
      const heard = play(createScanner(), keysOf(text), { end: { code, key: code } });
      assert.deepEqual(heard, { swallow: true, card: SECRET });
    }
  }
});

test("odd timing: a scanner that is slow, or stalls in the middle, is heard all the same", () => {
  const luck = chance(7);
  for (let round = 0; round < 200; round += 1) {
    const heard = play(createScanner(), keysOf(ADDRESS), { gap: () => (luck.below(20) === 0 ? luck.below(1400) : luck.below(60)) });
    assert.equal(heard.card, SECRET);
  }
});

test("what was typed long before is not part of the burst", () => {
  const scanner = createScanner();
  play(scanner, keysOf("SB-204"), { end: null });
  assert.equal(play(scanner, keysOf(SECRET), { from: 9000 }).card, SECRET);
});

test("two cards one after the other are two cards, also without a pause", () => {
  const scanner = createScanner();
  const other = "A".repeat(22);
  assert.equal(play(scanner, keysOf(ADDRESS)).card, SECRET);
  assert.equal(play(scanner, keysOf(other), { from: 1001 }).card, other);
  assert.equal(play(scanner, keysOf(`${ADDRESS}https://anca.example/c#${other}`), { from: 9000 }).card, other);
});

test("Caps Lock turns every letter round and the card is the same", () => {
  const turned = (key) => ({ ...key, caps: true, key: key.shift ? key.key.toLowerCase() : key.key.toUpperCase() });
  for (const text of [ADDRESS, SECRET]) {
    assert.equal(play(createScanner(), keysOf(text).map(turned)).card, SECRET);
  }
});

test("a scanner that minds Caps Lock itself is known by the address", () => {
  const minded = (key) => ({ ...key, caps: true, shift: /[a-z]/i.test(key.key) ? !key.shift : key.shift });
  assert.equal(play(createScanner(), keysOf(ADDRESS).map(minded)).card, SECRET);
});

test("a Vietnamese layout changes the letters, not the places", () => {
  const layout = { 1: "ă", 2: "â", 3: "ê", 4: "ô", 5: "\u0300", 0: "đ" };
  const changed = (key) => ({ ...key, key: layout[key.key] || key.key });
  assert.equal(play(createScanner(), keysOf(ADDRESS).map(changed)).card, SECRET);
});

test("letters that an input method has put in place of keys are unread, and said to be foreign", () => {
  const typed = Array.from("https://anca.example/c#q1Ư2ê3-R4_t5Y6u7I8o9", (key) => ({ code: "", key, shift: false, caps: false }));
  assert.deepEqual(play(createScanner(), typed), { swallow: true, unread: true, foreign: true });
});

test("keys that only say their letter are read by it", () => {
  const bare = keysOf(ADDRESS).map(({ key }) => ({ code: "", key, shift: false, caps: false }));
  assert.equal(play(createScanner(), bare).card, SECRET);
  const flat = keysOf(ADDRESS).map((key) => ({ ...key, shift: false }));
  assert.equal(play(createScanner(), flat).card, SECRET);
});

test("another code is unread, and a few keys by hand are left to the page", () => {
  assert.deepEqual(play(createScanner(), keysOf("8934567890123")), { swallow: true, unread: true, foreign: false });
  assert.deepEqual(play(createScanner(), keysOf("SB")), { swallow: false });
  assert.deepEqual(createScanner().press({ code: "Enter", key: "Enter", at: 1 }), { swallow: false });
});

test("modifier and arrow keys are no letters and break nothing", () => {
  const shift = { code: "ShiftLeft", key: "Shift", shift: true, caps: false };
  const keys = keysOf(ADDRESS).flatMap((key) => (key.shift ? [shift, key] : [key]));
  assert.equal(play(createScanner(), keys).card, SECRET);
});

test("in a text field a scan is taken out again, and typing by hand stays", () => {
  let restored = 0;
  const field = { mark: () => () => (restored += 1) };
  assert.deepEqual(play(createScanner(), keysOf(ADDRESS), { field }), { swallow: true, card: SECRET });
  assert.equal(restored, 1);
  assert.deepEqual(play(createScanner(), keysOf("SB-20417999"), { field, gap: 3 }), { swallow: false });
  assert.deepEqual(play(createScanner(), keysOf(SECRET), { field, gap: 180 }), { swallow: false });
  assert.equal(restored, 1);
});

test("a scanner without an end is heard after a short silence, and only with a whole address", () => {
  const scanner = createScanner();
  play(scanner, keysOf(ADDRESS), { end: null, gap: 1 });
  assert.equal(scanner.settle(1060), null);
  assert.equal(scanner.settle(2000), SECRET);
  assert.equal(scanner.settle(3000), null);
  play(scanner, keysOf(ADDRESS).slice(0, -1), { end: null, from: 9000 });
  assert.equal(scanner.settle(12000), null);
});

test("letters by place, and cards by shape", () => {
  assert.deepEqual([letterAt("KeyQ", true), letterAt("KeyQ", false), letterAt("F1", false)], ["Q", "q", null]);
  assert.equal(cardIn("https://a/c#short"), null);
});
