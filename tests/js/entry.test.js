/** Getting in: what the park says counts; what this machine keeps counts only while the park is silent. */
import assert from "node:assert/strict";
import test from "node:test";

import { enter, firstPageOffline } from "../../static/js/sign-in/entry.js";

const LOGIN = { login: "hanh", secret: "mua-thu-ha-noi" };
const DEVICE = { id: "d", label: "Chrome" };

function world(reply, offline = { state: "unknown" }) {
  const seen = { sent: null, started: null, offline: 0 };
  const api = {
    async send(path, { text }) {
      seen.sent = [path, JSON.parse(text)];
      return { ok: reply.status === 200, ...reply };
    },
  };
  const session = {
    async start(...given) {
      seen.started = given;
    },
    async startOffline() {
      seen.offline += 1;
      return offline;
    },
  };
  return { seen, ports: { api, session } };
}

const tryIt = ({ ports }, more = {}) => enter({ credentials: LOGIN, device: DEVICE, personal: false, ...more }, ports);

test("the park lets in: the session opens with what was typed", async () => {
  const answer = { token: "t", roles: ["safety_officer"], pin_must_change: false };
  const place = world({ status: 200, json: answer });
  assert.equal((await tryIt(place)).state, "in");
  assert.deepEqual(place.seen.started, [answer, LOGIN, { personal: false }]);
  assert.deepEqual(place.seen.sent, ["/api/v1/sign-in", { ...LOGIN, device: DEVICE }]);
});

test("a secret that somebody else issued closes nothing", async () => {
  const place = world({ status: 200, json: { token: "t", roles: ["worker"], pin_must_change: true } });
  assert.equal((await tryIt(place)).mustChange, true);
  assert.equal(place.seen.started[1], null);
});

test("a card stands for the badge at the park, the badge for the card on this machine", async () => {
  const place = world({ status: 200, json: { token: "t", roles: ["worker"] } });
  const credentials = { company: "SB", badge: "SB-1", pin: "480159" };
  await tryIt(place, { card: "c".repeat(22), credentials });
  assert.deepEqual(place.seen.sent[1], { card: "c".repeat(22), pin: "480159", device: DEVICE });
  assert.deepEqual(place.seen.started[1], credentials);
});

for (const status of [401, 422, 429]) {
  test(`the park's ${status} is the answer: the machine is not asked`, async () => {
    const place = world({ status, json: {} }, { state: "open", roles: [] });
    assert.equal((await tryIt(place)).state, "refused");
    assert.equal(place.seen.offline, 0);
  });
}

for (const status of [0, 502, 503]) {
  test(`without an answer of the park (${status}) the machine decides`, async () => {
    const place = world({ status, json: null }, { state: "open", roles: ["team_member", "worker"] });
    assert.deepEqual(await tryIt(place), { state: "in_offline", roles: ["team_member", "worker"] });
    assert.equal((await tryIt(world({ status }, { state: "wait", wait: 60_000 }))).wait, 60_000);
  });
}

test("without the park a worker goes to the check-in, the others to the last known board", () => {
  assert.equal(firstPageOffline(["worker"]), "/check-in");
  assert.equal(firstPageOffline(["team_member", "worker"]), "/today/last-known");
  assert.equal(firstPageOffline(["gate"]), "/gate");
  assert.equal(firstPageOffline(["safety_officer"]), "/today/last-known");
});

test("an account that gives a second proof is asked for it, and the machine keeps nothing of it", async () => {
  const wanted = world({ status: 401, json: { code: "accounts.second_factor_needed" } });
  assert.equal((await tryIt(wanted)).state, "code");
  assert.equal(wanted.seen.offline, 0);
  const place = world({ status: 200, json: { token: "t", roles: ["safety_officer"], second_step: "w" } });
  const found = await tryIt(place, { totp: "123456" });
  assert.equal(found.answer.second_step, "w");
  assert.deepEqual(place.seen.sent[1], { ...LOGIN, totp: "123456", device: DEVICE });
  assert.deepEqual(place.seen.started[1], LOGIN);
});
