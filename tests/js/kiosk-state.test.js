import assert from "node:assert/strict";
import test from "node:test";
import { footValues } from "../../static/js/kiosk/foot.js";
import { ASKS, LASTS, idle, isAsked, mustDraw, next, sealedContent } from "../../static/js/kiosk/state.js";
import { chance } from "./chance.js";

const HOA = "h".repeat(22);
const ANH = "a".repeat(22);
const go = (state, ...events) => events.reduce(next, state);
const scan = (card) => ({ type: "scan", card });
const KEPT = { type: "kept", key: "1", signs: false };

test("a card, a touch, thanks, and the next person", () => {
  const answer = go(idle(), scan(HOA));
  assert.deepEqual(answer, { screen: "answer", who: { card: HOA } });
  const thanks = go(answer, KEPT);
  assert.equal(thanks.screen, "thanks");
  assert.deepEqual(go(thanks, { type: "time_up" }), idle());
  assert.deepEqual(go(thanks, scan(ANH)).who, { card: ANH });
  assert.ok(LASTS.thanks < 1000);
});

test("whoever scans next has the screen, but not in the middle of somebody's form", () => {
  const answer = go(idle(), scan(HOA));
  assert.deepEqual(go(answer, scan(ANH)).who, { card: ANH });
  assert.equal(go(answer, scan(HOA)), answer);
  const form = go(answer, { type: "open" });
  assert.deepEqual([form.screen, go(form, scan(ANH)).who.card, go(form, scan(ANH)).busy], ["form", HOA, true]);
  assert.equal(go(form, scan(HOA)), form);
  assert.equal(go(form, scan(ANH), { type: "fold" }).busy, false);
});

test("signs are answered apart, and only the answer that is on the screen can come back to it", () => {
  const aside = go(idle(), scan(HOA), { type: "open" }, { type: "kept", key: "7", signs: true });
  assert.equal(aside.screen, "aside");
  assert.equal(go(aside, { type: "refused", key: "6", message: "no" }), aside);
  assert.deepEqual(go(aside, { type: "refused", key: "7", message: "no" }), { screen: "refused", who: null, message: "no" });
  assert.equal(go(aside, scan(ANH), { type: "refused", key: "7", message: "no" }).screen, "answer");
  assert.equal(go(idle(), { type: "refused", message: "no" }).screen, "idle");
});

test("the notice is left by a yes, a no or back", () => {
  const notice = go(idle(), scan(HOA), { type: "notice" });
  assert.deepEqual(go(notice, { type: "agree" }), { screen: "answer", who: { card: HOA }, agreed: true });
  assert.deepEqual(go(notice, { type: "back" }), { screen: "answer", who: { card: HOA } });
  assert.deepEqual(go(notice, { type: "declined", key: "1" }), { screen: "declined", who: null, key: "1" });
});

test("a badge is typed in only where it is asked for", () => {
  const who = { company: "", badge: "SB-1", pin: "480159" };
  assert.equal(go(idle(), { type: "typed", who }).screen, "idle");
  assert.deepEqual(go(idle(), { type: "no_card" }, { type: "typed", who }), { screen: "answer", who });
});

test("a closed kiosk hears no card, and one is left only from the empty screen", () => {
  const closed = go(idle(), { type: "leave" }, { type: "left" });
  assert.equal(closed.screen, "closed");
  assert.equal(go(closed, scan(HOA)), closed);
  assert.equal(go(idle(), { type: "leave" }, scan(HOA)).screen, "leave");
  assert.equal(go(idle(), scan(HOA), { type: "leave" }).screen, "answer");
  assert.deepEqual(go(closed, { type: "begin" }), idle());
});

test("whatever happens, nobody's secret is on a screen that does not need it", () => {
  const luck = chance(11);
  const events = [
    () => scan(luck.pick([HOA, ANH])),
    () => ({ type: "kept", key: String(luck.below(5)), signs: luck.below(2) === 1 }),
    () => ({ type: "refused", key: String(luck.below(5)), message: "no" }),
    () => ({ type: "typed", who: { company: "", badge: "SB-1", pin: "480159" } }),
    () => ({ type: "declined", key: "9" }),
    ...["unread", "no_card", "open", "fold", "notice", "agree", "back", "cancel", "failed", "leave", "left", "begin", "shut", "time_up", "?"].map(
      (type) => () => ({ type }),
    ),
  ];
  let state = { screen: "start", who: null };
  const seen = new Set();
  for (let round = 0; round < 20_000; round += 1) {
    state = next(state, luck.pick(events)());
    seen.add(state.screen);
    assert.equal(state.who !== null, ["answer", "form", "notice"].includes(state.screen), state.screen);
    if (state.who) assert.ok(LASTS[state.screen] <= 30_000 && isAsked(state.screen));
  }
  assert.equal(seen.size, 15);
});

test("who is asked has twenty seconds left to touch the screen", () => {
  for (const [screen, lasts] of Object.entries(LASTS)) if (isAsked(screen)) assert.ok(lasts - ASKS >= 20_000);
});

test("unfolding the questions draws nothing anew, so what was ticked stays", () => {
  const answer = go(idle(), scan(HOA));
  assert.equal(mustDraw(answer, go(answer, { type: "open" })), false);
  assert.equal(mustDraw(answer, go(answer, scan(ANH))), true);
  assert.equal(mustDraw(idle(), answer), true);
});

test("what is sealed says who, under which notice, and what", () => {
  const content = sealedContent({ who: { card: HOA }, agreed: true }, { answers: {} }, "1");
  assert.deepEqual(content, { credential: { card: HOA }, notice: "1", agreed: true, body: { answers: {} } });
});

test("the foot counts what waits and what came back, and says of the road only what is so", () => {
  const about = { name: "Cổng 2", reachable: null, now: 0, eastMinutes: 420, mayLeave: true };
  const items = [{ state: "saved" }, { state: "refused" }, { state: "refused", dismissed_at: 1 }, { state: "received" }];
  const told = footValues(items, about);
  assert.deepEqual([told.waiting, told.returned, told.all_sent, told.offline, told.time], [1, 1, false, false, "07:00"]);
  assert.equal(footValues([], { ...about, reachable: true }).all_sent, true);
  assert.equal(footValues([], { ...about, reachable: false }).offline, true);
});
