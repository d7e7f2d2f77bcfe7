/** Two people at one machine: each opens the own things with what they type, and nothing of the other. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";

import { waitAfterWrong } from "../../static/js/outbox/vault.js";
import { HOA, NOW, checkIn, makePhone } from "./park.js";
import { makeTown } from "./town.js";

const HANH = { login: "hanh", secret: "mua-thu-ha-noi" };
const NHUNG = { company: "SAOBAC", badge: "SB-20001", pin: "480159" };
const OFFICER = ["safety_officer"];
const MINUTE = 60_000;

const answer = (token, owner, roles) => ({ token, account_id: owner, roles });

async function laptop(town) {
  const phone = makePhone({ fetch: town.fetch, sealed: true });
  phone.enter = (token, owner, credentials, roles = OFFICER, personal = false) =>
    phone.session.start(answer(token, owner, roles), credentials, { personal }).then(async (row) => {
      await phone.outbox.flush();
      return row;
    });
  return phone;
}

/** All that lies on the disk, as somebody with a text search would read it. */
async function dump(phone) {
  const values = await Promise.all((await phone.store.names("")).map(async (name) => [name, await phone.store.read(name)]));
  const flat = (value) => {
    if (value instanceof ArrayBuffer) return Buffer.from(value).toString("latin1");
    if (ArrayBuffer.isView(value)) return Buffer.from(value).toString("latin1");
    if (value && value.constructor && value.constructor.name === "CryptoKey") return "key";
    if (value && typeof value === "object") return Object.entries(value).map(([name, inner]) => `${name}=${flat(inner)}`).join(";");
    return String(value);
  };
  return flat([values, await phone.store.all()]);
}

test("without the park a person who used this machine before gets in, with the own last known data", async () => {
  const phone = await laptop(makeTown());
  const { serial } = await phone.enter("token-hanh", "account-hanh", HANH);
  await phone.session.keep("board", { names: ["Giáp Thị Mến"] }, { at: NOW, serial });
  await phone.session.end();
  assert.equal(await phone.session.current(), null);
  assert.equal(await phone.session.kept("board"), null);
  assert.equal((await phone.session.startOffline({ ...HANH, secret: "mua-xuan" })).state, "wrong");
  assert.equal(await phone.session.current(), null);
  assert.equal((await phone.session.startOffline({ login: " Hanh ", secret: HANH.secret })).state, "open");
  assert.equal((await phone.session.current()).token, "token-hanh");
  assert.deepEqual((await phone.session.kept("board")).value, { names: ["Giáp Thị Mến"] });
  assert.equal((await phone.session.startOffline({ login: "khoi", secret: HANH.secret })).state, "unknown");
});

test("wrong tries are slowed down, also those of a page that was closed meanwhile, and never for good", async () => {
  const phone = await laptop(makeTown());
  await phone.enter("token-hanh", "account-hanh", HANH);
  await phone.session.end();
  const wrong = { ...HANH, secret: "x" };
  for (let tries = 0; tries < 5; tries += 1) assert.equal((await phone.session.startOffline(wrong)).state, "wrong");
  const held = await phone.session.startOffline(HANH);
  assert.deepEqual(held, { state: "wait", wait: MINUTE });
  await phone.pass(MINUTE);
  assert.equal((await phone.session.startOffline(HANH)).state, "open");
  assert.equal(waitAfterWrong(4), 0);
  assert.equal(waitAfterWrong(400), 3_600_000);
});

test("the second person finds nothing of the first, and what the first one saved still arrives", async () => {
  const town = makeTown();
  const phone = await laptop(town);
  const { serial } = await phone.enter("token-hanh", "account-hanh", HANH);
  await phone.session.keep("board", { names: ["Giáp Thị Mến"] }, { at: NOW, serial });
  town.shut = true;
  await phone.outbox.save("check_in", { ...checkIn("2021-11-09"), badge: "SB-20733" });
  await phone.outbox.save("check_in", { ...checkIn("2021-11-09"), badge: "SB-20733", amended: true });
  await phone.outbox.flush();
  await phone.session.end();
  await phone.enter("token-nhung", "account-nhung", NHUNG, ["team_member", "worker"]);
  for (const word of ["Mến", "SB-20733", "symptoms", "hanh", "token-hanh", "2021-11-09", "mua-thu"]) {
    const text = (await dump(phone)).replaceAll("account-hanh", "");
    assert.ok(!text.includes(word) && !text.includes(Buffer.from(word).toString("latin1")), word);
  }
  assert.deepEqual(await phone.outbox.list(), []);
  assert.equal(await phone.outbox.countOthers(), 2);
  assert.equal(await phone.session.kept("board"), null);
  town.shut = false;
  await phone.pass(10 * MINUTE);
  assert.deepEqual([...town.park.applied.values()].map(({ command }) => command.body.amended), [undefined, true]);
  assert.deepEqual(town.handedIn, ["token-hanh", "token-hanh"]);
  assert.equal(await phone.outbox.countOthers(), 0);
});

test("what was saved goes also when nobody is signed in any more, and the owner finds it received", async () => {
  const town = makeTown();
  const phone = await laptop(town);
  await phone.enter("token-hanh", "account-hanh", HANH);
  town.shut = true;
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.outbox.flush();
  await phone.pass(16 * MINUTE);
  assert.equal(await phone.session.current(), null, "left alone, the session has ended by itself");
  town.shut = false;
  await phone.pass(10 * MINUTE);
  assert.equal(town.park.applied.size, 1);
  await phone.session.startOffline(HANH);
  const [item] = await phone.outbox.list();
  assert.equal(item.state, "received");
  assert.equal(item.body.shift_on, "2021-11-09");
});

test("a hand on the machine keeps the session, a phone of one's own does not end by itself", async () => {
  const phone = await laptop(makeTown());
  await phone.enter("token-hanh", "account-hanh", HANH);
  for (let turn = 0; turn < 3; turn += 1) {
    await phone.pass(10 * MINUTE);
    await phone.session.touch();
  }
  assert.ok(await phone.session.current());
  await phone.pass(16 * MINUTE);
  assert.equal(await phone.session.current(), null);
  await phone.enter("token-nhung", "account-nhung", NHUNG, ["team_member", "worker"], true);
  await phone.pass(2000 * MINUTE);
  assert.equal((await phone.session.current()).token, "token-nhung");
});

test("a new sign-in takes the old token back: what is closed for the park is closed again with the new one", async () => {
  const town = makeTown();
  const phone = await laptop(town);
  await phone.enter("token-1", "account-hanh", HANH);
  town.shut = true;
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  town.revoked.add("token-1");
  await phone.enter("token-2", "account-hanh", HANH);
  await phone.outbox.flush();
  await phone.session.end();
  town.shut = false;
  await phone.outbox.flush({ eager: true });
  assert.deepEqual(town.handedIn, ["token-2"]);
  assert.equal(town.park.applied.size, 1);
});

test("a token taken back holds the closed action until its owner is here again", async () => {
  const town = makeTown();
  const phone = await laptop(town);
  await phone.enter("token-1", "account-hanh", HANH);
  town.shut = true;
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.session.end();
  town.revoked.add("token-1");
  town.shut = false;
  await phone.pass(60 * MINUTE);
  assert.equal(town.park.applied.size, 0);
  await phone.enter("token-2", "account-hanh", HANH);
  await phone.outbox.flush({ eager: true });
  await phone.pass(10 * MINUTE);
  assert.equal(town.park.applied.size, 1);
});

test("why an action came back is told to its owner alone, and told again when the owner is back", async () => {
  const refusal = { outcome: "refused", code: "checkins.shift_over", message: "Ca này đã kết thúc." };
  const town = makeTown({ judge: () => refusal });
  const phone = await laptop(town);
  await phone.enter("token-1", "account-hanh", HANH);
  town.shut = true;
  await phone.outbox.save("check_in", checkIn("2021-11-01"));
  await phone.session.end();
  await phone.enter("token-nhung", "account-nhung", NHUNG, ["team_member", "worker"]);
  town.shut = false;
  await phone.outbox.flush({ eager: true });
  assert.ok(!(await dump(phone)).includes("kết thúc"));
  await phone.enter("token-2", "account-hanh", HANH);
  await phone.outbox.flush({ eager: true });
  const [item] = await phone.outbox.list();
  assert.equal(item.state, "refused");
  assert.equal(item.answer.message, "Ca này đã kết thúc.");
});

test("a changed secret: the old one opens nothing, and what was saved under it still arrives", async () => {
  const town = makeTown();
  const phone = await laptop(town);
  await phone.enter("token-1", "account-hanh", HANH);
  town.shut = true;
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.session.end();
  const changed = { ...HANH, secret: "gio-mua-dong-bac" };
  await phone.enter("token-1", "account-hanh", changed);
  assert.deepEqual(await phone.outbox.list(), []);
  await phone.session.end();
  assert.equal((await phone.session.startOffline(HANH)).state, "wrong");
  assert.equal((await phone.session.startOffline(changed)).state, "open");
  town.shut = false;
  await phone.outbox.flush({ eager: true });
  assert.equal(town.park.applied.size, 1);
});

test("of a worker who signs out nothing is left but what is not sent yet", async () => {
  const town = makeTown();
  const phone = await laptop(town);
  const { serial } = await phone.enter("token-1", HOA, NHUNG, ["worker"], true);
  await phone.session.keep("inbox", ["thư"], { at: NOW, serial });
  town.shut = true;
  await phone.outbox.save("check_in", checkIn("2021-11-09"));
  await phone.session.end();
  assert.deepEqual(await phone.store.names("kept_"), []);
  assert.deepEqual(await phone.store.names("vault_"), []);
  town.shut = false;
  await phone.outbox.flush({ eager: true });
  assert.equal(town.park.applied.size, 1);
});

test("a worker whom another one follows keeps the form, not the answer, the level or the messages", async () => {
  const phone = await laptop(makeTown());
  const { serial } = await phone.enter("token-1", HOA, NHUNG, ["worker"], true);
  const me = { account: { id: HOA }, check_in: { level: "red" }, inbox: { unread: 2 }, form: { rules: "1" } };
  await phone.session.keep("me", me, { at: NOW, serial });
  await phone.session.keep("inbox", ["thư"], { at: NOW, serial });
  await phone.enter("token-hanh", "account-hanh", HANH);
  await phone.session.startOffline(NHUNG);
  assert.equal(await phone.session.kept("inbox"), null);
  assert.deepEqual((await phone.session.kept("me")).value, { ...me, check_in: null, inbox: { unread: 0 } });
});

test("what a PIN closes is kept for a day, what a password closes for a week", async () => {
  const phone = await laptop(makeTown());
  const first = await phone.enter("token-hanh", "account-hanh", HANH);
  await phone.session.keep("board", 1, { at: NOW, serial: first.serial });
  const second = await phone.enter("token-nhung", "account-nhung", NHUNG, ["team_member", "worker"]);
  await phone.session.keep("board", 2, { at: NOW, serial: second.serial });
  await phone.pass(25 * 60 * MINUTE);
  await phone.session.prune();
  assert.deepEqual(await phone.store.names("kept_"), ["kept_account-hanh_board"]);
  await phone.pass(7 * 24 * 60 * MINUTE);
  await phone.session.prune();
  assert.deepEqual(await phone.store.names("kept_"), []);
});

test("over plain HTTP there is no vault and no copy on the disk", async () => {
  const phone = makePhone({ fetch: async () => assert.fail("sent") });
  const { serial } = await phone.session.start(answer("token-1", HOA, OFFICER), HANH);
  await phone.session.keep("board", { names: ["Mến"] }, { at: NOW, serial });
  assert.deepEqual((await phone.session.kept("board")).value, { names: ["Mến"] });
  assert.ok(!(await dump(phone)).includes("Mến"));
  assert.equal((await phone.session.startOffline(HANH)).state, "unknown");
});
