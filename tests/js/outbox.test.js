import assert from "node:assert/strict";
import test from "node:test";

import { NobodySignedIn } from "../../static/js/outbox/outbox.js";
import { HOA, NOW, checkIn, json, makeLocks, makePark, makePhone } from "./park.js";

const states = async (phone) => (await phone.store.all()).map((item) => item.state);

async function signedIn(options) {
  const phone = makePhone(options);
  await phone.signIn();
  return phone;
}

test("an action is on the disk before it is sent", async () => {
  let onDisk = null;
  const park = makePark();
  const phone = await signedIn({
    fetch: async (path, options) => {
      onDisk = await states(phone);
      return json(200, park.take(path, options));
    },
  });
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.outbox.flush();
  assert.deepEqual(onDisk, ["saved"]);
  assert.deepEqual(await states(phone), ["received"]);
});

test("a command carries its own key, time with offset and body, no cookie, and the token", async () => {
  const park = makePark();
  const phone = await signedIn({ fetch: async (path, options) => json(200, park.take(path, options)) });
  await phone.outbox.save("message_read", { message: "thư của Hoà".normalize("NFD") });
  await phone.outbox.flush();
  const [{ path, options, commands }] = park.requests;
  assert.equal(path, "/api/v1/commands");
  assert.equal(options.credentials, "omit");
  assert.equal(options.headers.Authorization, "Bearer token-1");
  assert.equal(commands[0].made_at, "2021-11-09T12:21:00.000+07:00");
  assert.equal(commands[0].body.message, "thư của Hoà".normalize("NFC"));
  assert.deepEqual(Object.keys(commands[0]), ["key", "kind", "made_at", "body"]);
});

test("nobody signed in, or a full disk: the caller is told, nothing is pretended", async () => {
  const phone = makePhone({ fetch: async () => assert.fail("sent") });
  await assert.rejects(phone.outbox.save("check_in", checkIn("2021-11-09")), NobodySignedIn);
  await phone.signIn();
  phone.store.failing.writes = true;
  await assert.rejects(phone.outbox.save("check_in", checkIn("2021-11-09")), { name: "QuotaExceededError" });
  assert.deepEqual(await states(phone), []);
});

for (const [name, answer] of [
  ["no network", () => Promise.reject(new TypeError("failed"))],
  ["an expired sign-in", () => json(401, { code: "accounts.sign_in_needed" })],
  ["a withdrawn right", () => json(403, { code: "accounts.forbidden" })],
  ["too many requests", () => json(429, { code: "web.too_many" }, { "Retry-After": "60" })],
  ["a server fault", () => json(500, {})],
  ["a dead server behind a proxy", () => new Response("<h1>Bad gateway</h1>", { status: 502 })],
  ["a Wi-Fi log-in page", () => new Response("<h1>Log in</h1>", { status: 200 })],
  ["a log-in page that says 400", () => new Response("<h1>no</h1>", { status: 400 })],
  ["an answer without results", () => json(200, { ok: true })],
]) {
  test(`${name}: the action stays, waits, and is sent later`, async () => {
    const park = makePark();
    let open = false;
    const phone = await signedIn({
      fetch: async (path, options) => (open ? json(200, park.take(path, options)) : answer()),
    });
    await phone.outbox.save("check_in", checkIn("2021-11-09"));
    await phone.outbox.flush();
    const [item] = await phone.store.all();
    assert.equal(item.state, "saved");
    assert.ok(item.tries >= 1);
    assert.ok(item.next_try_at >= NOW + 12_000);
    open = true;
    await phone.pass(600_000);
    assert.deepEqual(await states(phone), ["received"]);
  });
}

test("too many requests: an opened page does not knock before the time asked for", async () => {
  let knocks = 0;
  const phone = await signedIn({
    fetch: async () => {
      knocks += 1;
      return json(429, {}, { "Retry-After": "600" });
    },
  });
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.outbox.flush();
  knocks = 0;
  await phone.outbox.flush({ eager: true });
  await phone.pass(590_000);
  assert.equal(knocks, 0);
  await phone.pass(20_000);
  assert.equal(knocks, 1);
});

test("an outcome retry stays saved, others of the batch are received", async () => {
  let fault = true;
  const park = makePark({ judge: (command) => (fault && command.body.message === "b" ? { outcome: "retry" } : null) });
  const phone = await signedIn({ fetch: async (path, options) => json(200, park.take(path, options)) });
  for (const message of ["a", "b", "c"]) await phone.outbox.save("message_read", { message });
  await phone.outbox.flush();
  assert.deepEqual(await states(phone), ["received", "saved", "received"]);
  fault = false;
  await phone.pass(60_000);
  assert.deepEqual(await states(phone), ["received", "received", "received"]);
});

test("a refusal is kept with its reason until a person dismisses it, also when it was replayed", async () => {
  const refusal = { outcome: "already_applied", code: "checkins.shift_over", message: "Ca này đã kết thúc." };
  const park = makePark({ judge: () => refusal });
  const phone = await signedIn({ fetch: async (path, options) => json(200, park.take(path, options)) });
  await phone.outbox.save("check_in", checkIn("2021-11-01"));
  await phone.outbox.flush();
  await phone.pass(400 * 86_400_000);
  await phone.outbox.prune();
  const [item] = await phone.store.all();
  assert.equal(item.state, "refused");
  assert.equal(item.answer.message, "Ca này đã kết thúc.");
  await phone.outbox.dismiss(item.key);
  await phone.outbox.prune();
  assert.equal((await phone.store.all()).length, 1);
  await phone.pass(8 * 86_400_000);
  await phone.outbox.prune();
  assert.deepEqual(await phone.store.all(), []);
});

test("only what was received more than seven days ago is pruned", async () => {
  const park = makePark();
  let open = true;
  const phone = await signedIn({
    fetch: async (path, options) => (open ? json(200, park.take(path, options)) : json(503, {})),
  });
  await phone.outbox.save("message_read", { message: "old" });
  await phone.outbox.flush();
  open = false;
  await phone.outbox.save("message_read", { message: "stuck" });
  await phone.outbox.flush();
  await phone.pass(6 * 86_400_000);
  await phone.outbox.prune();
  assert.equal((await phone.store.all()).length, 2);
  await phone.pass(2 * 86_400_000);
  await phone.outbox.prune();
  assert.deepEqual((await phone.store.all()).map((item) => item.body.message), ["stuck"]);
});

test("one unreadable command does not hold back the others", async () => {
  const park = makePark();
  const phone = await signedIn({
    fetch: async (path, options) =>
      options.body.includes("bad")
        ? json(422, { code: "commands.unreadable", detail: "Không đọc được." })
        : json(200, park.take(path, options)),
  });
  for (const message of ["a", "bad", "c"]) await phone.outbox.save("message_read", { message });
  await phone.outbox.flush();
  assert.deepEqual(await states(phone), ["received", "refused", "received"]);
});

test("a new token takes the old one's place, unless somebody else signed in meanwhile", async () => {
  const park = makePark();
  let meanwhile = async () => {};
  const phone = await signedIn({
    fetch: async (path, options) => {
      await meanwhile();
      return json(200, { ...park.take(path, options), token: "token-2" });
    },
  });
  await phone.outbox.save("message_read", { message: "a" });
  await phone.outbox.flush();
  assert.equal((await phone.session.current()).token, "token-2");
  meanwhile = () => phone.signIn("token-of-lan", "account-lan");
  await phone.outbox.save("message_read", { message: "b" });
  await phone.outbox.flush();
  assert.equal((await phone.session.current()).token, "token-of-lan");
});

test("the next person on the same phone neither sends nor sees the first one's actions", async () => {
  const park = makePark();
  let open = false;
  const phone = await signedIn({
    fetch: async (path, options) => (open ? json(200, park.take(path, options)) : json(500, {})),
  });
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.outbox.flush();
  await phone.session.end();
  await phone.signIn("token-of-lan", "account-lan");
  open = true;
  await phone.pass(3_600_000);
  assert.equal(park.applied.size, 0);
  assert.deepEqual(await phone.outbox.list(), []);
  await phone.signIn("token-3", HOA);
  await phone.outbox.flush({ eager: true });
  assert.equal(park.requests[0].options.headers.Authorization, "Bearer token-3");
  assert.deepEqual(await states(phone), ["received"]);
});

test("the clock offset is learnt from the park and goes with what is saved afterwards", async () => {
  const park = makePark();
  const phone = await signedIn({ fetch: async (path, options) => json(200, park.take(path, options)) });
  phone.time.now = NOW - 7_200_000;
  await phone.outbox.save("message_read", { message: "a" });
  await phone.outbox.flush();
  await phone.outbox.save("message_read", { message: "b" });
  await phone.outbox.flush();
  const sent = park.requests.flatMap((request) => request.commands);
  assert.deepEqual(sent.map((command) => command.offset_ms), [undefined, 7_200_000]);
});

test("a burst goes in batches of at most fifty, in order", async () => {
  const park = makePark();
  let open = false;
  const phone = await signedIn({
    fetch: async (path, options) => (open ? json(200, park.take(path, options)) : json(503, {})),
  });
  const made = [];
  for (let n = 0; n < 120; n += 1) made.push((await phone.outbox.save("message_read", { message: `m${n}` })).key);
  await phone.outbox.flush();
  open = true;
  await phone.outbox.flush({ eager: true });
  assert.deepEqual(park.requests.map((request) => request.commands.length), [50, 50, 20]);
  assert.deepEqual(park.order(), made);
});

test("a trigger that met a busy flusher in another tab is not lost", async () => {
  const park = makePark();
  const locks = makeLocks();
  let release = () => {};
  const held = new Promise((resolve) => (release = resolve));
  let first = true;
  const fetch = async (path, options) => {
    if (first) {
      first = false;
      await held;
    }
    return json(200, park.take(path, options));
  };
  const one = await signedIn({ fetch, locks });
  const two = makePhone({ fetch, locks, store: one.store, seed: 2 });
  await one.outbox.save("message_read", { message: "a" });
  const busy = one.outbox.flush();
  await two.outbox.save("message_read", { message: "b" });
  await two.outbox.flush();
  assert.equal(park.applied.size, 0);
  release();
  await busy;
  assert.equal(park.applied.size, 2);
  assert.deepEqual(await states(one), ["received", "received"]);
});

test("a disk that is full when the answer comes loses nothing: the replay is absorbed", async () => {
  const park = makePark();
  let full = true;
  const phone = await signedIn({
    fetch: async (path, options) => {
      phone.store.failing.writes = full;
      return json(200, park.take(path, options));
    },
  });
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.outbox.flush();
  assert.deepEqual(await states(phone), ["saved"]);
  full = false;
  phone.store.failing.writes = false;
  await phone.pass(600_000);
  assert.deepEqual(await states(phone), ["received"]);
  assert.equal(park.applied.size, 1);
});

test("a trigger after the last look and before the lock is free is answered by one more look", async () => {
  const park = makePark();
  const locks = makeLocks();
  const fetch = async (path, options) => json(200, park.take(path, options));
  let beforeRelease = async () => {};
  const slowLocks = {
    request: (name, options, work) =>
      locks.request(name, options, async (lock) => {
        const done = await work(lock);
        await beforeRelease();
        return done;
      }),
  };
  const one = await signedIn({ fetch, locks: slowLocks });
  const two = makePhone({ fetch, locks, store: one.store, seed: 2 });
  beforeRelease = async () => {
    beforeRelease = async () => {};
    await two.outbox.save("message_read", { message: "late" });
    await two.outbox.flush();
  };
  await one.outbox.flush();
  assert.deepEqual(await states(one), ["received"]);
});

test("a late answer changes nothing about an action that was settled meanwhile", async () => {
  const park = makePark();
  let fail = () => {};
  const lost = new Promise((resolve, reject) => (fail = reject));
  const one = await signedIn({ fetch: () => lost });
  const two = makePhone({ fetch: async (path, options) => json(200, park.take(path, options)), store: one.store, seed: 2 });
  await one.outbox.save("check_in", checkIn("2021-11-09"));
  const late = one.outbox.flush();
  await two.outbox.flush();
  const [settled] = await one.store.all();
  assert.equal(settled.state, "received");
  fail(new TypeError("lost on the way back"));
  await late;
  assert.deepEqual(await one.store.all(), [settled]);
});

test("the next try stays booked when an older flush ends its booking late", async () => {
  const phone = await signedIn({ fetch: async () => json(503, {}) });
  const { all } = phone.store;
  let finish = () => {};
  const gate = new Promise((resolve) => (finish = resolve));
  let reads = 0;
  phone.store.all = async () => {
    const items = await all();
    reads += 1;
    // The third look of a flush with nothing to send is the one that books.
    if (reads === 3) await gate;
    return items;
  };
  const older = phone.outbox.flush();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(reads, 3);
  await phone.outbox.save("message_read", { message: "a" });
  await phone.outbox.flush();
  assert.equal(phone.time.timers.length, 1);
  finish();
  await older;
  assert.equal(phone.time.timers.length, 1);
});

test("a sealed action is kept and sent without a readable word, in any order, and gone once received", async () => {
  const park = makePark({ judge: () => ({ outcome: "applied", result: { level: "red", check_in_id: "c" } }) });
  const phone = makePhone({ fetch: async (path, options) => json(200, park.take(path, options)) });
  await phone.signIn("token-1", "kiosk");
  const seal = async (content) => `sealed(${JSON.stringify(content).length})`;
  const content = { credential: { card: "secret-of-hoa" }, body: { answers: { symptoms: ["fever"] } } };
  const item = await phone.outbox.saveSealed("check_in", content, seal);
  await phone.outbox.saveSealed("consent", content, seal);
  assert.equal(item.body, undefined);
  await phone.outbox.flush();
  const sent = park.requests.flatMap((request) => request.commands);
  assert.equal(sent.length, 2);
  assert.deepEqual(Object.keys(sent[0]).sort(), ["key", "kind", "made_at", "offset_ms", "sealed"].filter((name) => name in sent[0]));
  const kept = JSON.stringify(await phone.store.all());
  for (const word of ["secret-of-hoa", "fever", "red"]) assert.equal(kept.includes(word), false, word);
  await phone.outbox.prune();
  assert.deepEqual(await phone.store.all(), []);
});
