import assert from "node:assert/strict";
import { test } from "node:test";

import { createRinging } from "../../static/js/push/ringing.js";

const KEY = Buffer.from([4, ...Array(64).fill(7)]).toString("base64url");
const OTHER = Uint8Array.from([4, ...Array(64).fill(8)]);
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64url"));

/** A browser and a park that do what a story tells them to. */
function story({ secure = true, able = true, signedIn = true, leave = "default", answers = leave, held = null, park = {} } = {}) {
  const told = [];
  let permission = leave;
  let on = Boolean(held);
  let subscription = held;
  const subscribed = (key) => ({
    options: { applicationServerKey: key.buffer },
    unsubscribe: async () => (subscription = null),
    toJSON: () => ({ endpoint: "https://push.example/x", keys: {} }),
  });
  if (held) subscription = subscribed(held);
  const api = {
    call: async (path, { method = "GET", body } = {}) => {
      told.push([method, body]);
      if (park[method]) return park[method];
      if (method === "POST") on = true;
      if (method === "DELETE") on = false;
      return { ok: true, status: 200, json: { public_key: park.key === undefined ? KEY : park.key, on } };
    },
  };
  const manager = {
    getSubscription: async () => subscription,
    subscribe: async ({ applicationServerKey }) => {
      if (park.refuses) throw new Error("no push service");
      subscription = subscribed(applicationServerKey);
      return subscription;
    },
  };
  const browser = {
    secure,
    able,
    permission: () => permission,
    ask: async () => (permission = answers),
    pushManager: async () => manager,
  };
  const session = { current: async () => (signedIn ? { token: "t" } : null) };
  return { ringing: createRinging({ api, session, browser }), told, manager };
}

test("a page says in one word why it cannot be switched", async () => {
  const words = [
    [{ secure: false }, "insecure"],
    [{ able: false }, "unable"],
    [{ signedIn: false }, "signed_out"],
    [{ park: { key: null } }, "node_off"],
    [{ park: { GET: { ok: false, status: 0 } } }, "unreachable"],
    [{ park: { GET: { ok: false, status: 401 } } }, "signed_out"],
    [{ leave: "denied" }, "blocked"],
    [{}, "off"],
    [{ held: bytes(KEY) }, "on"],
  ];
  for (const [given, word] of words) assert.equal(await story(given).ringing.look(), word, word);
});

test("without a secure page the park is not even asked", async () => {
  const { ringing, told } = story({ secure: false });
  await ringing.look();
  assert.deepEqual(told, []);
});

test("switched on after leave was given, with the address of this browser", async () => {
  const { ringing, told, manager } = story({ answers: "granted" });
  assert.equal(await ringing.look(), "off");
  assert.equal(await ringing.turnOn(), "on");
  assert.deepEqual(told.at(-1), ["POST", { subscription: { endpoint: "https://push.example/x", keys: {} } }]);
  assert.equal(await ringing.look(), "on");
  assert.equal(await ringing.turnOff(), "off");
  assert.equal(await manager.getSubscription(), null);
});

test("leave that is not given leaves everything as it is", async () => {
  for (const [answers, word] of [["denied", "blocked"], ["default", "off"]]) {
    const { ringing, told } = story({ answers });
    await ringing.look();
    assert.equal(await ringing.turnOn(), word);
    assert.equal(told.length, 1);
  }
});

test("what was made for another node's key is made anew", async () => {
  const { ringing, manager } = story({ answers: "granted", held: OTHER });
  await ringing.look();
  assert.equal(await ringing.turnOn(), "on");
  const held = await manager.getSubscription();
  assert.deepEqual(new Uint8Array(held.options.applicationServerKey), bytes(KEY));
});

test("a browser without its push service, and a park that says no, are no success", async () => {
  const refusing = story({ answers: "granted", park: { refuses: true } });
  await refusing.ringing.look();
  assert.equal(await refusing.ringing.turnOn(), "refused");
  const saysNo = story({ answers: "granted", park: { POST: { ok: false, status: 422 } } });
  await saysNo.ringing.look();
  assert.equal(await saysNo.ringing.turnOn(), "refused");
  const away = story({ answers: "granted", park: { POST: { ok: false, status: 0 } } });
  await away.ringing.look();
  assert.equal(await away.ringing.turnOn(), "unreachable");
});

test("switched off only when the park knows: it would go on ringing into nowhere", async () => {
  const { ringing, manager } = story({ held: bytes(KEY), park: { DELETE: { ok: false, status: 0 } } });
  await ringing.look();
  assert.equal(await ringing.turnOff(), "unreachable");
  assert.notEqual(await manager.getSubscription(), null);
});
