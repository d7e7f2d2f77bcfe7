import assert from "node:assert/strict";
import test from "node:test";
import { TURN, isCutOff, languagesOf, partsOf, slideAt, slidesAt, stripAt } from "../../static/js/display/state.js";
import { chance } from "./chance.js";

const NOON = Date.parse("2026-11-25T12:00:00+07:00");
const at = (minutes) => new Date(NOON + minutes * 60_000).toISOString();
const notice = (id, more = {}) => ({
  id,
  version: 1,
  severity: "Moderate",
  titles: { vi: `Tin ${id}`, en: `News ${id}` },
  texts: { vi: "Ở yên tại chỗ.", en: "Stay where you are." },
  sent_at: at(-10),
  expires_at: at(60),
  ...more,
});
const reminder = (id, more = {}) => ({ ...notice(id), titles: { vi: "Rửa tay" }, texts: { vi: "Rửa tay trước khi ăn." }, ...more });
const told = (notices, reminders = []) => ({ notices, reminders });
const ids = (slides) => slides.map((slide) => slide.key.split(":")[0]);

test("the gravest notice comes first, then the newest", () => {
  const some = [notice("a"), notice("b", { severity: "Extreme" }), notice("c", { sent_at: at(-1) }), notice("d", { severity: "?" })];
  assert.deepEqual(ids(slidesAt(told(some), NOON, ["vi"])), ["b", "c", "a", "d"]);
});

test("a notice is gone at the very moment it expires, with no word from the park", () => {
  const one = told([notice("a", { expires_at: at(5) })]);
  assert.equal(slidesAt(one, NOON + 5 * 60_000 - 1, ["vi"]).length, 1);
  assert.equal(slidesAt(one, NOON + 5 * 60_000, ["vi"]).length, 0);
  assert.equal(slidesAt(told([notice("a", { expires_at: "soon" })]), NOON, ["vi"]).length, 0);
});

test("reminders have the screen when there is no notice, and a strip under it when there is", () => {
  const both = told([notice("a", { expires_at: at(5) })], [reminder("r"), reminder("s", { expires_at: at(-1) })]);
  assert.deepEqual(ids(slidesAt(both, NOON, ["vi"])), ["a"]);
  assert.equal(stripAt(both, NOON, "en"), "Rửa tay trước khi ăn.");
  const later = NOON + 6 * 60_000;
  assert.deepEqual(ids(slidesAt(both, later, ["vi"])), ["r"]);
  assert.equal(stripAt(both, later, "vi"), "");
});

test("both languages take turns, and a text without the other one stands alone", () => {
  const slides = slidesAt(told([notice("a"), notice("b", { texts: { vi: "Chỉ tiếng Việt." } })]), NOON, languagesOf("both"));
  assert.deepEqual(slides.map((slide) => slide.language), ["vi", "en", "vi"]);
  assert.deepEqual(languagesOf("en"), ["en"]);
  assert.equal(slidesAt(told([], [reminder("r")]), NOON, ["en"])[0].language, "vi");
});

test("each slide has its turn, and the screen turns by the clock", () => {
  const slides = slidesAt(told([notice("a"), notice("b")]), NOON, ["vi"]);
  const seen = [0, 1, 2, 3].map((turn) => slideAt(slides, turn * TURN).key);
  assert.equal(new Set(seen).size, 2);
  assert.equal(seen[0], seen[2]);
  assert.equal(slideAt(slides, TURN - 1), slideAt(slides, 0));
  assert.equal(slideAt([], NOON), null);
});

test("a long text is cut between sentences, never longer than fits, and nothing of it is lost", () => {
  assert.deepEqual(partsOf("Đến 09:30. Ở yên.\nChờ Tổ an toàn."), ["Đến 09:30. Ở yên. Chờ Tổ an toàn."]);
  const random = chance(7);
  for (let round = 0; round < 300; round += 1) {
    const words = Array.from({ length: 1 + Math.floor(random.unit() * 90) }, () => {
      const word = "ăn".repeat(1 + Math.floor(random.unit() * (random.unit() < 0.02 ? 150 : 4)));
      return random.unit() < 0.15 ? `${word}.` : word;
    });
    const parts = partsOf(words.join(" "));
    assert.ok(parts.every((part) => part.length <= 180), `${parts.map((part) => part.length)}`);
    assert.equal(parts.join("").replaceAll(" ", ""), words.join(""));
  }
});

test("the screen says so when nothing was heard for long, also when the clock was set back", () => {
  assert.equal(isCutOff(NOON, NOON + 60_000), false);
  assert.equal(isCutOff(NOON, NOON + 120_000), true);
  assert.equal(isCutOff(NOON, NOON - 120_000), true);
  assert.equal(isCutOff(NaN, NOON), true);
});
