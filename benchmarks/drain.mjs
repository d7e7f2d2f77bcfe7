/** Many phones with the outbox of the product, in one process: they keep, then send until all is received. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { createApi } from "../static/js/outbox/api.js";
import { createOutbox } from "../static/js/outbox/outbox.js";
import { createSession } from "../static/js/outbox/session.js";
import { memoryStore } from "../tests/js/memory-store.js";

const [, , port, path] = process.argv;
const devices = JSON.parse(readFileSync(path, "utf8"));
const random = (count) => crypto.getRandomValues(new Uint8Array(count));
const clock = { now: () => Date.now(), eastMinutes: () => 420 };
let reachable = false;

function schedule(work, wait) {
  const timer = setTimeout(work, wait);
  return () => clearTimeout(timer);
}

async function toThePark(address, options) {
  if (!reachable) throw new TypeError("no network");
  return fetch(`http://127.0.0.1:${port}${address}`, { ...options, keepalive: undefined });
}

async function phone({ token, account, bodies }) {
  const store = memoryStore();
  const session = createSession({ store });
  await session.start({ token, account_id: account, roles: ["safety_officer"] });
  const api = createApi({ fetch: toThePark, store, session, clock, schedule });
  const outbox = createOutbox({ store, session, api, clock, random, schedule });
  for (const body of bodies) await outbox.save("check_in", body);
  return { store, outbox };
}

const phones = await Promise.all(devices.map(phone));
const items = async () => (await Promise.all(phones.map((each) => each.store.all()))).flat();
console.log(JSON.stringify({ kept: (await items()).length }));

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "open") {
    reachable = true;
    phones.forEach((each) => each.outbox.flush({ eager: true }));
  } else if (line === "state") {
    const states = (await items()).map((item) => item.state);
    const waiting = await Promise.all(phones.map((each) => each.outbox.countUnsent()));
    const count = (state) => states.filter((each) => each === state).length;
    console.log(
      JSON.stringify({
        received: count("received"),
        refused: count("refused"),
        saved: count("saved"),
        devices_waiting: waiting.filter((unsent) => unsent > 0).length,
      }),
    );
  } else if (line === "keys") {
    const keys = JSON.stringify((await items()).map((item) => item.key));
    process.stdout.write(`${keys}\n`, () => process.exit(0));
  }
}
