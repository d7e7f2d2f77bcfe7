import assert from "node:assert/strict";
import test from "node:test";

import { linesOf, localVoice } from "../../static/js/check-in/aloud.js";

const voice = (lang, localService) => ({ lang, localService });

test("only a voice of the device itself reads, and only in the page's language", () => {
  const voices = [voice("en-US", true), voice("vi-VN", false), voice("vi_VN", true)];
  assert.equal(localVoice(voices, "vi"), voices[2]);
  assert.equal(localVoice(voices, "en"), voices[0]);
  assert.equal(localVoice(voices.slice(0, 2), "vi"), null);
  assert.equal(localVoice([], "vi"), null);
});

test("what stands on the screen is read line by line, the button itself is not", () => {
  assert.deepEqual(linesOf("Chào bạn Hoa\n\n  Đọc to \nTôi khoẻ\n", "Đọc to"), ["Chào bạn Hoa", "Tôi khoẻ"]);
});
