import assert from "node:assert/strict";
import { test } from "node:test";
import { inAppBrowser, isAppleSafari, isTight, whyNotOffline } from "../../static/js/surroundings.js";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const SAFARI = `${IPHONE} Version/15.1 Mobile/15E148 Safari/604.1`;
const ZALO = `${IPHONE} Mobile/15E148 Zalo iOS/487 ZaloTheme/light ZaloLanguage/vi`;
const FACEBOOK = "Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Chrome/95.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/340]";
const CHROME = "Mozilla/5.0 (Linux; Android 11; SM-A107F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/95.0 Mobile Safari/537.36";

test("a browser inside an app is told from a real one", () => {
  assert.equal(inAppBrowser(ZALO), "Zalo");
  assert.equal(inAppBrowser(FACEBOOK), "Facebook");
  assert.equal(inAppBrowser(CHROME), null);
  assert.equal(inAppBrowser(SAFARI), null);
  assert.equal(inAppBrowser("Mozilla/5.0 online offline"), null);
});

test("only Safari itself is told of the home screen", () => {
  assert.equal(isAppleSafari(SAFARI), true);
  assert.equal(isAppleSafari(ZALO), false);
  assert.equal(isAppleSafari(CHROME), false);
  assert.equal(isAppleSafari(`${IPHONE} CriOS/95.0 Mobile/15E148 Safari/604.1`), false);
});

test("why pages do not open without the park", () => {
  assert.equal(whyNotOffline({ secure: false, able: false }), "not_encrypted");
  assert.equal(whyNotOffline({ secure: true, able: false }), "not_able");
  assert.equal(whyNotOffline({ secure: true, able: true, failure: "SecurityError" }), "not_trusted");
  assert.equal(whyNotOffline({ secure: true, able: true, failure: "TypeError" }), null);
  assert.equal(whyNotOffline({ secure: true, able: true }), null);
});

test("room is tight when the next answers may not fit, and unknown room is not", () => {
  const mebibyte = 1024 * 1024;
  assert.equal(isTight({ quota: 60 * mebibyte, usage: 57 * mebibyte }), true);
  assert.equal(isTight({ quota: 60 * mebibyte, usage: 2 * mebibyte }), false);
  assert.equal(isTight(null), false);
  assert.equal(isTight({ quota: 0, usage: 0 }), false);
});
