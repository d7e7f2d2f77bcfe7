import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { createVerifier } from "../../static/js/gate/signature.js";
import {
  badgeKey,
  highestSeen,
  judgeBadge,
  judgePass,
  readPass,
  shownBefore,
  timeKnown,
} from "../../static/js/gate/verdict.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/gate_passes.json", import.meta.url), "utf8"));
const { subtle } = webcrypto;
// A browser that knows AES and SHA, and has not heard of this curve.
const old = {
  importKey: () => Promise.reject(new Error("unknown algorithm")),
  digest: (...given) => subtle.digest(...given),
};

async function verdictOn(one, verifier) {
  const read = readPass(one.scanned);
  const genuine = await verifier.isGenuine(read, vectors.keys);
  const { at, clock } = timeKnown(one.device, highestSeen(one.highest, read, genuine));
  const gate = {
    park: vectors.park,
    companies: one.companies && new Set(one.companies),
    kids: new Set(vectors.keys.map((key) => key.kid)),
    revoked: new Set(vectors.revoked),
  };
  return { verdict: judgePass(read, gate, at, one.direction, genuine), clock };
}

for (const [name, known] of [["WebCrypto", subtle], ["the vendored script", old]]) {
  test(`passes are judged as the vectors say, with ${name}`, async (t) => {
    const verifier = createVerifier(known, () => import("../../static/vendor/noble-ed25519-3.2.0/index.js"));
    for (const one of vectors.passes) {
      await t.test(one.name, async () => {
        assert.deepEqual(await verdictOn(one, verifier), { verdict: one.verdict, clock: one.clock });
      });
    }
  });
}

test("badges are judged as the vectors say", () => {
  for (const one of vectors.badges) {
    const found = judgeBadge(one.row, one.at, one.direction);
    assert.deepEqual(found, { verdict: one.verdict, reason: one.reason_class }, one.name);
  }
});

test("who is shown again is found as the vectors say", () => {
  for (const one of vectors.again) {
    assert.equal(shownBefore(one.last, one.direction, one.at), one.again, one.name);
  }
});

test("badges are compared as the vectors say", () => {
  for (const [text, key] of Object.entries(vectors.badge_keys)) assert.equal(badgeKey(text), key);
});
