/** A park server in memory, with a phone around it: the world the outbox is tested in. */
import { createApi } from "../../static/js/outbox/api.js";
import { createOutbox } from "../../static/js/outbox/outbox.js";
import { createParcels } from "../../static/js/outbox/parcel.js";
import { createSeal } from "../../static/js/outbox/seal.js";
import { createVault } from "../../static/js/outbox/vault.js";
import { createSession } from "../../static/js/outbox/session.js";
import { chance } from "./chance.js";
import { memoryStore } from "./memory-store.js";

export const NOW = Date.parse("2021-11-09T05:21:00Z");
export const HOA = "account-hoa";

export const json = (status, body, headers = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers });

/** Takes each key once, like the real one; `judge(command)` may give another outcome. */
export function makePark({ judge = () => null } = {}) {
  const applied = new Map();
  const requests = [];
  const clashes = [];

  function settle(command) {
    const text = JSON.stringify([command.kind, command.made_at, command.body]);
    const known = applied.get(command.key);
    if (known) {
      if (known.text === text) return { key: command.key, outcome: "already_applied", result: { n: known.n } };
      clashes.push(command.key);
      return { key: command.key, outcome: "refused", code: "commands.key_reused" };
    }
    const other = judge(command);
    if (other) return { key: command.key, ...other };
    const n = applied.size + 1;
    applied.set(command.key, { text, n, command });
    return { key: command.key, outcome: "applied", result: { n } };
  }

  function take(path, options) {
    const { commands } = JSON.parse(options.body);
    requests.push({ path, options, commands });
    return { results: commands.map(settle), server_time: new Date(NOW).toISOString() };
  }

  return { applied, requests, clashes, take, order: () => [...applied.keys()] };
}

/** `sealed`: a browser with WebCrypto, as over HTTPS; without it, plain HTTP. */
export function makePhone({ fetch, seed = 1, locks = null, store, slow = false, sealed = false } = {}) {
  const luck = chance(seed);
  const kept = store || memoryStore({ turns: () => (slow ? luck.below(6) : 1) });
  const time = { now: NOW, timers: [] };
  const clock = { now: () => time.now, eastMinutes: () => 420 };
  const schedule = (work, wait) => {
    const timer = { work, at: time.now + wait };
    time.timers.push(timer);
    return () => (time.timers = time.timers.filter((other) => other !== timer));
  };
  const { subtle } = crypto;
  const random = luck.bytes;
  const seal = sealed ? createSeal({ subtle, random }) : null;
  const vault = seal && createVault({ subtle, seal, random, store: kept, clock, iterations: 10 });
  const parcels = seal && createParcels({ subtle, random, store: kept });
  const session = createSession({ store: kept, clock, seal, vault });
  const api = createApi({ fetch, store: kept, session, clock, schedule });
  const outbox = createOutbox({ store: kept, session, api, clock, random, schedule, locks, parcels });

  /** Lets time pass and runs what was booked, in order. */
  async function pass(ms) {
    const end = time.now + ms;
    for (;;) {
      const next = time.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      time.timers = time.timers.filter((timer) => timer !== next);
      time.now = Math.max(time.now, next.at);
      await next.work();
    }
    time.now = end;
  }

  const signIn = (token = "token-1", owner = HOA) => session.start({ token, roles: ["worker"], account_id: owner });

  return { store: kept, time, clock, session, api, outbox, luck, pass, signIn };
}

/** navigator.locks as far as the outbox uses it. */
export function makeLocks() {
  let taken = false;
  return {
    async request(name, options, work) {
      if (taken) return work(null);
      taken = true;
      try {
        return await work({ name });
      } finally {
        taken = false;
      }
    },
  };
}

export const checkIn = (on, shift = "ca1", temperature = null) => ({
  shift_on: on,
  shift,
  answers: { symptoms: [], temperature_c: temperature, exposures: {} },
  rules: "workplace_2020@1",
});
