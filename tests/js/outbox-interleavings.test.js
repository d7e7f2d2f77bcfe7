/** Any order of saving, flushing, faults, restarts and a second tab: the park ends with each action once. */
import assert from "node:assert/strict";
import test from "node:test";

import { chance } from "./chance.js";
import { checkIn, json, makeLocks, makePark, makePhone } from "./park.js";

const ROUNDS = Number(process.env.ANCA_TEST_ROUNDS || 150);
const DAYS = ["2021-11-09", "2021-11-10"];
const MANY_TURNS = 80;

function faultyRoad(park, luck, road) {
  return async (path, options) => {
    for (let turn = luck.below(5); turn > 0; turn -= 1) await null;
    const fault = road.open ? "none" : luck.pick(["none", "none", "before", "after", "500", "401", "429", "page"]);
    if (fault === "before") throw new TypeError("lost on the way there");
    if (fault === "500" || fault === "401") return json(Number(fault), {});
    if (fault === "429") return json(429, {}, { "Retry-After": "30" });
    if (fault === "page") return new Response("<p>log in</p>", { status: 200 });
    const answer = park.take(path, options);
    if (fault === "after") throw new TypeError("lost on the way back");
    for (let turn = luck.below(5); turn > 0; turn -= 1) await null;
    return json(200, answer);
  };
}

const someBody = (luck, n) =>
  luck.pick([
    ["check_in", checkIn(luck.pick(DAYS), "ca1", 36 + n / 10)],
    ["message_read", { message: `m${n}` }],
    ["consent", { version: String(n), agreed: luck.unit() < 0.5 }],
  ]);

const settle = async () => {
  for (let turn = 0; turn < MANY_TURNS; turn += 1) await null;
};

async function liveThrough(seed) {
  const luck = chance(seed);
  const road = { open: false };
  const passing = new Set();
  const park = makePark({
    judge: (command) => {
      if (road.open || passing.has(command.key) || luck.unit() > 0.15) return null;
      passing.add(command.key);
      return { outcome: "retry" };
    },
  });
  const fetch = faultyRoad(park, luck, road);
  const locks = luck.unit() < 0.5 ? makeLocks() : null;
  let phones = [makePhone({ fetch, seed, locks, slow: true })];
  const { store } = phones[0];
  await phones[0].signIn();
  const saved = [];
  const saving = [];
  for (let step = 0; step < 30; step += 1) {
    const phone = luck.pick(phones);
    const act = luck.below(8);
    if (act < 3) {
      const [kind, body] = someBody(luck, step);
      // One person taps one thing after the other: the next save starts when the last is on the disk.
      saved.push(await phone.outbox.save(kind, body));
    } else if (act === 3) saving.push(phone.outbox.flush());
    else if (act === 4) saving.push(phone.outbox.flush({ eager: true }));
    else if (act === 5) await phone.pass(luck.below(90_000));
    else if (act === 6 && phones.length < 2) phones.push(makePhone({ fetch, seed: seed + 1000, locks, store }));
    else await settle();
  }
  road.open = true;
  // A restart of the phone: new pages over the same store, while old requests may still be under way.
  phones = [...phones, makePhone({ fetch, seed: seed + 2000, locks, store })];
  for (let round = 0; round < 20; round += 1) {
    for (const phone of phones) await phone.pass(400_000);
    await settle();
  }
  await Promise.all(saving);
  return { saved, park, items: await store.all() };
}

test("nothing is lost, doubled or changed on the way, and order is kept where it matters", async () => {
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const { saved, park, items } = await liveThrough(seed);
    const told = `seed ${seed}`;
    assert.deepEqual(park.clashes, [], told);
    assert.deepEqual([...park.applied.keys()].sort(), saved.map((item) => item.key).sort(), told);
    assert.deepEqual(items.map((item) => item.state), saved.map(() => "received"), told);
    for (const { key, kind, made_at, body } of saved) {
      const { command } = park.applied.get(key);
      assert.deepEqual([command.kind, command.made_at, command.body], [kind, made_at, body], told);
    }
    for (const day of DAYS) {
      const ofDay = (list) => list.filter((one) => one.kind === "check_in" && one.body.shift_on === day);
      const arrived = ofDay([...park.applied.values()].map((entry) => entry.command)).map((one) => one.key);
      assert.deepEqual(arrived, ofDay(saved).map((one) => one.key), told);
    }
  }
});
