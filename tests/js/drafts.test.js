import assert from "node:assert/strict";
import test from "node:test";

import { draftsIn } from "../../static/js/drafts.js";

class Box {
  #held = new Map();
  get length() {
    return this.#held.size;
  }
  key(i) {
    return [...this.#held.keys()][i];
  }
  getItem(key) {
    return this.#held.get(key) ?? null;
  }
  setItem(key, value) {
    this.#held.set(key, String(value));
  }
  removeItem(key) {
    this.#held.delete(key);
  }
}

const OF = { owner: "hanh", at: "/reminders/1", version: "3" };
const FIELDS = [["text", "Rửa tay."]];

test("what was typed is kept for the same person, address and version only", () => {
  const drafts = draftsIn(new Box());
  drafts.keep(OF, FIELDS);
  assert.deepEqual(drafts.kept(OF), FIELDS);
  for (const other of [{ owner: "khoi" }, { at: "/reminders/2" }, { version: "4" }]) {
    assert.equal(drafts.kept({ ...OF, ...other }), null);
  }
});

test("sent is not arrived: a sign-in that ran out leaves it, a saved page takes it away", () => {
  const drafts = draftsIn(new Box());
  drafts.keep(OF, FIELDS);
  drafts.send(OF);
  assert.deepEqual(drafts.kept(OF), FIELDS);
  drafts.settle();
  assert.equal(drafts.kept(OF), null);
});

test("what is typed in another form stays when one was saved", () => {
  const drafts = draftsIn(new Box());
  const other = { ...OF, at: "/reminders/new", version: "" };
  drafts.keep(OF, FIELDS);
  drafts.keep(other, FIELDS);
  drafts.send(OF);
  drafts.settle();
  assert.deepEqual(drafts.kept(other), FIELDS);
});

test("a full box and a broken draft harm nothing", () => {
  const box = new Box();
  const drafts = draftsIn(box);
  drafts.keep(OF, FIELDS);
  box.setItem(box.key(0), "{");
  assert.equal(drafts.kept(OF), null);
  drafts.settle();
  box.setItem = () => {
    throw new Error("full");
  };
  drafts.keep(OF, FIELDS);
  drafts.drop(OF);
  assert.equal(drafts.kept(OF), null);
});
