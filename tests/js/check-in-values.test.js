import assert from "node:assert/strict";
import test from "node:test";

import { wellAnswers } from "../../static/js/check-in/answers.js";
import { checkInView } from "../../static/js/check-in/state.js";
import { checkInValues, momentText, returnedValues } from "../../static/js/check-in/values.js";
import { FORM, SHIFT, me } from "./me.js";

const NOW = Date.parse("2021-11-09T05:21:00+07:00");
const ROAD = { sending: false, reachable: true, authorised: true };
const item = (state, more = {}) => ({
  key: "k",
  kind: "check_in",
  made_at: "2021-11-09T05:21:00.000+07:00",
  state,
  body: { shift_on: SHIFT.on, shift: SHIFT.code, answers: wellAnswers(FORM) },
  answer: null,
  ...more,
});
const values = ({ person = me(), items = [], road = ROAD } = {}) => {
  const view = checkInView({ me: person, fresh: true, items, now: NOW });
  return checkInValues(view, person, road);
};

test("the greeting, the place, the shift and the phone as they are read", () => {
  const { name, where, shift, today, hours, day, phone } = values();
  assert.deepEqual(
    { name, where, shift, today, hours, day, phone },
    { name: "Hoa", where: "Điện tử Sao Bắc · Chuyền 3", shift: "Ca 1", today: true, hours: "06:00 – 14:00", day: "09/11", phone: "0900 000 118" },
  );
});

test("without a phone of the safety team none is named", () => {
  const person = me();
  assert.equal(values({ person: { ...person, worker: { ...person.worker, safety_phone: null } } }).phone, null);
});

test("exactly one thing is said of what an answer waits for", () => {
  const waits = ["sending", "wants_network", "wants_time", "wants_sign_in"];
  const said = (road) => waits.filter((name) => values({ road })[name]);
  for (const sending of [true, false]) {
    for (const reachable of [true, false, null]) {
      for (const authorised of [true, false, null]) {
        assert.equal(said({ sending, reachable, authorised }).length, 1, JSON.stringify({ sending, reachable, authorised }));
      }
    }
  }
  assert.deepEqual(said({ sending: true, reachable: false, authorised: true }), ["wants_network"]);
  assert.deepEqual(said({ sending: true, reachable: true, authorised: false }), ["wants_sign_in"]);
});

test("amber and red come with reasons and advice, green with neither and no call for action", () => {
  const check_in = {
    id: "c",
    version: 1,
    level: "amber",
    made_at: "2021-11-09T05:21:00+07:00",
    received_at: "2021-11-08T22:24:00+00:00",
    advice: "Chờ kiểm tra.",
    reasons: [{ code: "sign", text: "Ho" }],
  };
  const amber = values({ person: me({ check_in }) });
  assert.deepEqual([amber.amber, amber.standing, amber.tone, amber.advice], [true, true, "is-watch", "Chờ kiểm tra."]);
  assert.deepEqual([amber.received_at, amber.has_reasons, amber.kept_here], ["05:24", true, false]);
  const green = values({ person: me({ check_in: { ...check_in, level: "green", advice: "", reasons: [] } }) });
  assert.deepEqual([green.green, green.standing, Boolean(green.remark)], [true, false, false]);
});

test("an answer made the evening before carries its day", () => {
  assert.equal(momentText("2021-11-08T21:40:00+07:00", 420, "2021-11-09"), "08/11 · 21:40");
  assert.equal(momentText("2021-11-09T05:21:00+07:00", 420, "2021-11-09"), "05:21");
});

test("what came back is named by its day and reason", () => {
  const back = item("refused", { body: { ...item("saved").body, shift_on: "2021-11-08" }, answer: { message: "Ca đã kết thúc." } });
  const view = checkInView({ me: me(), fresh: true, items: [back], now: NOW });
  assert.deepEqual(returnedValues(view), [{ key: "k", reason: "Ca đã kết thúc.", of_check_in: true, of_other: false, day: "08/11" }]);
});

test("an answer that stood on paper was tapped by nobody", () => {
  const check_in = {
    id: "c",
    version: 1,
    level: "green",
    made_at: "2021-11-09T05:50:00+07:00",
    received_at: "2021-11-09T09:12:00+07:00",
    entered_late: true,
    advice: "",
    reasons: [],
  };
  const told = (more) => {
    const { on_paper, said_signs, made_at, received_at } = values({ person: { ...me(), check_in: { ...check_in, ...more } } });
    return { on_paper, said_signs, made_at, received_at };
  };
  assert.deepEqual(told({}), { on_paper: true, said_signs: false, made_at: "05:50", received_at: "09:12" });
  assert.deepEqual(told({ entered_late: false }), { on_paper: false, said_signs: true, made_at: "05:50", received_at: "09:12" });
});
