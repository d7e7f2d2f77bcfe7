import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { createAnonymous } from "../../static/js/feedback/anonymous.js";
import { codeHash, newCode, randomKey, sha256 } from "../../static/js/feedback/code.js";
import { memoryStore } from "./memory-store.js";

const random = (count) => new Uint8Array(randomBytes(count));
const NOTE = { text: "Vách ngăn bị tháo", category: "canteen" };
const KEPT = { ok: true, status: 200, json: { kept: true } };

function phone(answers = []) {
  const calls = [];
  const booked = [];
  const store = memoryStore();
  const send = async (path, options) => {
    calls.push({ path, options, body: JSON.parse(options.text) });
    return answers.shift() || KEPT;
  };
  const schedule = (work, wait) => booked.push({ work, wait });
  const box = createAnonymous({ store, send, random, schedule });
  const ring = () => booked.shift().work();
  return { box, store, calls, booked, ring };
}

test("the hash is that of everybody else", () => {
  for (const text of ["", "KX7294M8Q", "a".repeat(55)]) {
    assert.equal(sha256(text), createHash("sha256").update(text).digest("hex"));
  }
});

test("a code is read back however it is typed", () => {
  const code = newCode(random);
  assert.match(code, /^[2-9A-HJKMNP-TV-Z]{3} [2-9A-HJKMNP-TV-Z]{3} [2-9A-HJKMNP-TV-Z]{3}$/);
  assert.equal(codeHash(code.toLowerCase().replaceAll(" ", "-")), codeHash(code));
});

test("no letter of a code comes more often than another", () => {
  const counts = new Map();
  let byte = 0;
  const everyByte = () => Uint8Array.of(byte++ % 256);
  for (let round = 0; round < 80; round += 1) {
    for (const letter of newCode(everyByte).replaceAll(" ", "")) counts.set(letter, (counts.get(letter) || 0) + 1);
  }
  assert.equal(counts.size, 30);
  assert.equal(new Set(counts.values()).size, 1);
});

test("a key is random and tells no time", () => {
  assert.match(randomKey(random), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(randomKey(random), randomKey(random));
});

test("what is kept and sent has no owner, no token, no time and no code", async () => {
  const { box, store, calls, ring } = phone();
  const code = await box.save(NOTE);
  const kept = await store.read("notes");
  assert.deepEqual(Object.keys(kept[0]).sort(), ["category", "key", "reply_code_hash", "text"]);
  assert.equal((await store.all()).length, 0);
  assert.ok(!JSON.stringify(kept).includes(code.replaceAll(" ", "")));
  await ring();
  assert.equal(calls[0].path, "/api/v1/feedback/anonymous");
  assert.deepEqual(Object.keys(calls[0].options), ["text"]);
  assert.deepEqual(calls[0].body, kept[0]);
  assert.deepEqual(await box.list(), []);
});

test("a note goes after a random while, never at once", async () => {
  const waits = new Set();
  for (let round = 0; round < 40; round += 1) {
    const { box, booked } = phone();
    await box.save(NOTE);
    waits.add(booked[0].wait);
    assert.ok(booked[0].wait >= 3_000 && booked[0].wait <= 30_000);
  }
  assert.ok(waits.size > 5);
});

test("a park that does not answer gets the same note later, under the same key", async () => {
  const { box, calls, ring } = phone([{ ok: false, status: 0, json: null }]);
  await box.save(NOTE);
  await ring();
  assert.equal((await box.list()).length, 1);
  await ring();
  assert.equal(calls[1].body.key, calls[0].body.key);
  assert.deepEqual(await box.list(), []);
});

test("what the park refuses stays with the reason until somebody has read it", async () => {
  const { box, ring, booked } = phone([{ ok: false, status: 422, json: { code: "feedback.not_a_picture", detail: "Ảnh" } }]);
  await box.save(NOTE);
  await ring();
  const [note] = await box.list();
  assert.equal(note.refused, "Ảnh");
  assert.equal(booked.length, 0);
  await box.drop(note.key);
  assert.deepEqual(await box.list(), []);
});

test("several leave one by one", async () => {
  const { box, calls, ring, booked } = phone();
  for (const text of ["một", "hai", "ba"]) await box.save({ ...NOTE, text });
  assert.equal(booked.length, 1);
  for (let round = 0; round < 3; round += 1) await ring();
  assert.deepEqual(calls.map((call) => call.body.text).sort(), ["ba", "hai", "một"]);
});
