import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { createSealing, padded } from "../../static/js/outbox/sealing.js";

const { subtle } = webcrypto;
const vectors = JSON.parse(readFileSync(new URL("../vectors/sealed_commands.json", import.meta.url), "utf8"));
const random = (count) => webcrypto.getRandomValues(new Uint8Array(count));

for (const vector of vectors.seals) {
  test(`seals as the vector says: ${vector.name}`, async () => {
    const pair = async () => ({
      secret: await subtle.importKey("jwk", vector.ephemeral, { name: "ECDH", namedCurve: "P-256" }, false, [
        "deriveBits",
      ]),
      jwk: vector.ephemeral,
    });
    const iv = new Uint8Array(Buffer.from(vector.iv, "base64url"));
    const seal = createSealing({ subtle, random: () => iv, pair });
    assert.equal(await seal(vector.content, vectors.park), vector.sealed);
  });
}

test("the same answer is sealed differently each time, and always as long", async () => {
  const seal = createSealing({ subtle, random });
  const well = { credential: { card: "A".repeat(22) }, body: { answers: { symptoms: [] } } };
  const ill = { credential: { card: "A".repeat(22) }, body: { answers: { symptoms: ["fever", "cough"], note: "ho" } } };
  const sealed = await Promise.all([seal(well, vectors.park), seal(well, vectors.park), seal(ill, vectors.park)]);
  assert.equal(new Set(sealed).size, 3);
  assert.equal(new Set(sealed.map((text) => text.length)).size, 1);
});

test("a content is filled up to whole blocks and reads as the same JSON", () => {
  for (const note of ["", "ấ".repeat(300), "x".repeat(1023)]) {
    const bytes = padded({ note });
    assert.equal(bytes.length % 1024, 0);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)), { note });
  }
});
