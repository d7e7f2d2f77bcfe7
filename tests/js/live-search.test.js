/** The address of a search says what is asked, and nothing that is not. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf } from "../../static/js/components/live-search.js";

test("empty filters stay out of the address", () => {
  assert.equal(addressOf("/workers", [["q", ""], ["unit", ""]]), "/workers");
  assert.equal(addressOf("/workers", [["q", "hoa"], ["pin", ""]]), "/workers?q=hoa");
});

test("what is typed cannot add to the address", () => {
  assert.equal(addressOf("/workers", [["q", "a&left=1#x"]]), "/workers?q=a%26left%3D1%23x");
});

test("several choices of one filter are all kept", () => {
  assert.equal(addressOf("/workers", [["unit", "3"], ["unit", "7"]]), "/workers?unit=3&unit=7");
});
