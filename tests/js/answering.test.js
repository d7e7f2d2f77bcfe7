import assert from "node:assert/strict";
import { test } from "node:test";
import { insteadOf, isFromPark, languageOf, pageFor, standsFor } from "../../static/js/kept/answering.js";

const LIST = {
  languages: ["vi", "en"],
  locale: "vi",
  pages: [
    { address: "/check-in", instead_of: null },
    { address: "/groups/-/roll-call", instead_of: null },
    { address: "/today/last-known", instead_of: "/today" },
  ],
};

test("a dash in a kept address stands for exactly one part", () => {
  assert.equal(standsFor("/groups/-/roll-call", "/groups/12/roll-call"), true);
  assert.equal(standsFor("/groups/-/roll-call", "/groups//roll-call"), false);
  assert.equal(standsFor("/groups/-/roll-call", "/groups/1/2/roll-call"), false);
  assert.equal(standsFor("/groups/-/roll-call", "/groups/12"), false);
  assert.equal(standsFor("/groups/-/roll-call", "/groups/12/roll-call/undo"), false);
  assert.equal(standsFor("/check-in", "/check-in/"), false);
});

test("a page that is not on the list is never answered from here", () => {
  assert.equal(pageFor(LIST, "/groups/7/roll-call").address, "/groups/-/roll-call");
  assert.equal(pageFor(LIST, "/workers"), null);
  assert.equal(pageFor(LIST, "/today"), null);
  assert.equal(insteadOf(LIST, "/today").address, "/today/last-known");
  assert.equal(insteadOf(LIST, "/workers"), null);
});

test("the language is the one asked for, else the last seen, else the park's", () => {
  const url = (query) => new URL(`https://park.internal/check-in${query}`);
  assert.equal(languageOf(LIST, url("?lang=en"), "vi"), "en");
  assert.equal(languageOf(LIST, url("?lang=xx"), "en"), "en");
  assert.equal(languageOf(LIST, url(""), "en"), "en");
  assert.equal(languageOf(LIST, url(""), null), "vi");
  assert.equal(languageOf(LIST, url(""), "fr"), "vi");
});

test("a proxy that cannot reach the park does not speak for it", () => {
  assert.deepEqual([200, 404, 500, 502, 503, 504].map(isFromPark), [true, true, true, false, false, false]);
});
