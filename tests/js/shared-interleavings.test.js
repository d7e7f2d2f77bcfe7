/** Two people take turns at one machine, with the park and without: each action arrives once, as it was said. */
import assert from "node:assert/strict";
import test from "node:test";

import { chance } from "./chance.js";
import { checkIn, makeLocks, makePhone } from "./park.js";
import { makeTown } from "./town.js";

const ROUNDS = Number(process.env.ANCA_TEST_ROUNDS || 40);
const MINUTE = 60_000;
const PEOPLE = [
  { owner: "account-hanh", credentials: { login: "hanh", secret: "mua-thu-ha-noi" }, roles: ["safety_officer"] },
  { owner: "account-nhung", credentials: { company: "SAOBAC", badge: "SB-20001", pin: "480159" }, roles: ["team_member"] },
];

/** A road on which answers are lost now and then, until it is `calm`. */
function faulty(town, luck, road) {
  return async (path, options) => {
    if (road.calm) return town.fetch(path, options);
    const fault = luck.pick(["none", "none", "before", "after"]);
    if (fault === "before") throw new TypeError("lost on the way there");
    const answer = await town.fetch(path, options);
    if (fault === "after") throw new TypeError("lost on the way back");
    return answer;
  };
}

async function liveThrough(seed) {
  const [luck, town, road] = [chance(seed), makeTown(), { calm: false }];
  const phone = makePhone({ fetch: faulty(town, luck, road), seed, sealed: true, locks: makeLocks() });
  const saved = [];
  const tokens = new Map();
  let count = 0;

  /** At the park: a new token, and the one that this person had here before counts no more. */
  async function enter({ owner, credentials, roles }) {
    if (tokens.has(owner)) town.revoked.add(tokens.get(owner));
    count += 1;
    tokens.set(owner, `token-${count}`);
    await phone.session.start({ token: `token-${count}`, account_id: owner, roles }, credentials, { personal: false });
    await phone.outbox.flush({ eager: true });
  }

  const acts = [
    () => enter(luck.pick(PEOPLE)),
    () => phone.session.startOffline(luck.pick(PEOPLE).credentials),
    () => phone.session.end(),
    () => phone.outbox.flush({ eager: luck.unit() < 0.5 }),
    () => phone.pass(luck.below(20 * MINUTE)),
    () => (town.shut = luck.unit() < 0.6),
  ];
  await enter(PEOPLE[0]);
  for (let step = 0; step < 24; step += 1) {
    if (luck.unit() < 0.45 && (await phone.session.current())) {
      const item = await phone.outbox.save("check_in", { ...checkIn("2021-11-09"), step });
      saved.push({ key: item.key, owner: item.owner, made_at: item.made_at, step });
    } else await luck.pick(acts)();
  }
  town.shut = false;
  road.calm = true;
  for (const person of PEOPLE) {
    await enter(person);
    for (let turn = 0; turn < 4; turn += 1) await phone.pass(6 * MINUTE);
  }
  return { saved, town, phone };
}

test("whoever sits there in between, nothing is lost, done twice or changed, and each one's order is kept", async () => {
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const { saved, town, phone } = await liveThrough(seed);
    const told = `seed ${seed}`;
    assert.deepEqual(town.park.clashes, [], told);
    assert.deepEqual([...town.park.applied.keys()].sort(), saved.map(({ key }) => key).sort(), told);
    for (const { key, made_at, step } of saved) {
      const { command } = town.park.applied.get(key);
      assert.deepEqual([command.made_at, command.body.step], [made_at, step], told);
    }
    for (const { owner } of PEOPLE) {
      const own = saved.filter((item) => item.owner === owner).map(({ key }) => key);
      assert.deepEqual(town.park.order().filter((key) => own.includes(key)), own, told);
    }
    assert.equal(await phone.outbox.countWaiting(), 0, told);
    const last = (await phone.outbox.list()).map(({ owner, state }) => `${owner} ${state}`);
    assert.ok(last.every((line) => line === `${PEOPLE[1].owner} received`), told);
  }
});
