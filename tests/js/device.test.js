import assert from "node:assert/strict";
import test from "node:test";

import { deviceLabel } from "../../static/js/outbox/device.js";

const ANDROID = "Mozilla/5.0 (Linux; Android 12; SM-A125F) AppleWebKit/537.36 (KHTML, like Gecko)";

test("a phone is named by what its owner would call it", () => {
  assert.equal(deviceLabel(`${ANDROID} Chrome/96.0 Mobile Safari/537.36`), "Android · Chrome");
  assert.equal(deviceLabel(`${ANDROID} SamsungBrowser/16.0 Chrome/92.0 Mobile Safari/537.36`), "Android · Samsung Internet");
  assert.equal(
    deviceLabel("Mozilla/5.0 (iPhone; CPU iPhone OS 15_1 like Mac OS X) AppleWebKit/605.1.15 Version/15.1 Safari/604.1"),
    "iPhone · Safari",
  );
  assert.equal(deviceLabel("something else"), "?");
});
