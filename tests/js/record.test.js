import assert from "node:assert/strict";
import test from "node:test";

import { fullMoment, recordValues } from "../../static/js/my-record/record.js";

test("moments stand on the park's clock with their day", () => {
  assert.equal(fullMoment("2021-11-09T05:21:00+07:00", 0), "09/11/2021 · 05:21");
  assert.equal(fullMoment("2021-11-08T22:21:00Z", 420), "09/11/2021 · 05:21");
  assert.equal(fullMoment(null, 420), null);
});

test("an answer keeps both its times, its level or none, and says when it was changed", () => {
  const answer = {
    shift_on: "2021-11-09",
    shift_text: "Ca 1",
    answers_text: "Không có dấu hiệu",
    level: "green",
    made_at: "2021-11-09T05:21:00+07:00",
    received_at: "2021-11-09T05:24:00+07:00",
    version: 1,
  };
  const { answers, no_reads } = recordValues({ answers: [answer, { ...answer, level: null, version: 2 }], reads: [], devices: [] }, 420);
  assert.deepEqual([answers[0].green, answers[0].unjudged, answers[0].changed], [true, undefined, false]);
  assert.deepEqual([answers[1].green, answers[1].unjudged, answers[1].changed], [undefined, true, true]);
  assert.deepEqual([answers[0].day, answers[0].made_at, answers[0].received_at], ["09/11/2021", "05:21", "05:24"]);
  assert.equal(no_reads, true);
});

test("an answer that stood on paper is told apart, with both its times", () => {
  const answer = {
    shift_on: "2021-11-09",
    shift_text: "Ca 1",
    answers_text: "",
    level: "green",
    made_at: "2021-11-09T05:50:00+07:00",
    received_at: "2021-11-09T09:12:00+07:00",
    entered_late: true,
    version: 1,
  };
  const { answers } = recordValues({ answers: [answer, { ...answer, entered_late: false }], reads: [], devices: [] }, 420);
  assert.deepEqual([answers[0].on_paper, answers[1].on_paper], [true, false]);
  assert.deepEqual([answers[0].made_at, answers[0].received_at], ["05:50", "09:12"]);
});

const RECORD = { answers: [], reads: [], devices: [], server_time: "2021-11-09T06:00:00+07:00" };
const ASKED = {
  kind: "correct",
  text: "Sai ngày sinh",
  state: "open",
  due_on: "2021-11-11",
  late: false,
  made_at: "2021-11-09T05:21:00+07:00",
  received_at: "2021-11-09T05:24:00+07:00",
  noted_by: "",
  answers: [],
};
const item = (state, more = {}) => ({
  key: `key-${state}`,
  kind: "data_request",
  state,
  made_at: "2021-11-09T05:30:00+07:00",
  body: { kind: "delete", text: "Xoá số cũ" },
  ...more,
});

test("a request that waits on this phone stands before those the park has, one it has taken does not", () => {
  const { requests } = recordValues({ ...RECORD, requests: [ASKED] }, 420, null, [item("saved"), item("received"), item("saved", { kind: "consent" })]);
  assert.deepEqual(
    requests.map((one) => [Boolean(one.is_saved), Boolean(one.is_open), one.text]),
    [
      [true, false, "Xoá số cũ"],
      [false, true, "Sai ngày sinh"],
    ],
  );
  assert.equal(requests[1].due_on, "11/11/2021");
});

test("a request that came back says why, until it was put away", () => {
  const refused = item("refused", { answer: { message: "Đã có 5 yêu cầu đang chờ." } });
  const { requests } = recordValues(RECORD, 420, null, [refused, { ...refused, dismissed_at: 5 }]);
  assert.deepEqual(requests.map((one) => [one.is_refused, one.reason]), [[true, "Đã có 5 yêu cầu đang chờ."]]);
});

test("a copy of an older version has no requests and nothing stored, and still opens", () => {
  const values = recordValues({ answers: [], reads: [], devices: [] }, 420, Date.parse("2021-11-09T05:21:00+07:00"));
  assert.deepEqual([values.any_requests, values.any_stored, values.as_of], [false, false, "09/11/2021 · 05:21"]);
});

test("the age of a copy stands on the park's clock on a phone in another zone", () => {
  const values = recordValues(RECORD, 0, Date.parse("2021-11-09T05:21:00+07:00"));
  assert.equal(values.as_of, "09/11/2021 · 05:21");
});
