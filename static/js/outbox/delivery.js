/** One batch to the park, and what its answer does to each kept action. Nothing here deletes. */
import { askedWait, waitAfter } from "./order.js";
import { commandOf } from "./shelf.js";

const AS_ONE_BAD_COMMAND = new Set([400, 413, 422]);
const MOST_BYTES_AFTER_CLOSING = 60_000;

const unit = (random) => random(1)[0] / 256;

// A replayed refusal comes back as already_applied with its code and no result.
function verdict(result) {
  const done = result.outcome === "applied" || result.outcome === "already_applied";
  if (result.outcome === "refused" || (done && result.code && !result.result)) return "refused";
  return done ? "received" : "retry";
}

const held = (item, heldBy, now, random, asked = 0) => ({
  ...item,
  tries: item.tries + 1,
  held_by: heldBy,
  next_try_at: now + waitAfter(item.tries + 1, unit(random), asked),
});

const closed = (item, state, answer, now) => ({
  ...item,
  state,
  answer,
  tries: item.tries + 1,
  next_try_at: 0,
  held_by: null,
  closed_at: now,
});

const onlySaved = (work) => (item) => (item.state === "saved" ? work(item) : undefined);

async function holdAll(due, { shelf, clock, random }, heldBy, asked) {
  const now = clock.now();
  await shelf.change(
    due.map((item) => item.key),
    onlySaved((item) => held(item, heldBy, now, random, asked)),
  );
  return "stopped";
}

async function refuseOne(item, problem, { shelf, clock }) {
  const answer = { outcome: "refused", code: problem.code || null, message: problem.detail || problem.title || null };
  await shelf.change([item.key], onlySaved((kept) => closed(kept, "refused", answer, clock.now())));
  return "answered";
}

async function takeResults(batch, answer, { shelf, clock, random }) {
  const byKey = new Map(answer.results.map((result) => [result.key, result]));
  const now = clock.now();
  const settle = (item) => {
    const result = byKey.get(item.key);
    const state = result ? verdict(result) : "retry";
    if (state === "retry") return held(item, "park", now, random);
    const { outcome, code = null, message = null } = result;
    // What this device could not read before it does not learn from the answer either.
    const value = item.sealed === undefined ? (result.result ?? null) : null;
    const received_at = answer.server_time || null;
    return closed(item, state, { outcome, code, message, result: value, received_at }, now);
  };
  await shelf.change(
    batch.map((item) => item.key),
    onlySaved(settle),
  );
  return "answered";
}

/**
 * Sends the first of `due`, in batches of `limit`: "answered" when the park judged them, "split" to try one
 * by one, "stopped" to wait. A closed road holds back all that were due, not only those that were tried.
 */
export async function deliver(due, ports) {
  const { api, session, clock, current, limit } = ports;
  const batch = due.slice(0, limit);
  const text = JSON.stringify({ commands: batch.map(commandOf) });
  const keepalive = text.length < MOST_BYTES_AFTER_CLOSING;
  const reply = await api.send("/api/v1/commands", { token: current.token, text, keepalive });
  if (reply.ok && reply.json.token) await session.renew(current.token, reply.json.token, reply.json.token_expires_at);
  if (reply.ok && Array.isArray(reply.json.results)) return takeResults(batch, reply.json, ports);
  if (AS_ONE_BAD_COMMAND.has(reply.status) && reply.json) {
    return batch.length > 1 ? "split" : refuseOne(batch[0], reply.json, ports);
  }
  const asked = askedWait(reply.retryAfter, clock.now());
  return holdAll(due, ports, asked > 0 || reply.status === 429 ? "park" : "road", asked);
}

function settleParcel(item, result, now, random) {
  const state = result ? verdict(result) : "retry";
  if (state === "retry") return held(item, "park", now, random);
  const { parcel, ...rest } = closed(item, state, null, now);
  return { ...rest, told: { outcome: result.outcome, code: result.code || null, message: null, result: null } };
}

/** The same for what is closed for the park, of whoever saved it here: the token is inside. */
export async function deliverParcels(due, ports) {
  const { api, shelf, clock, random, limit } = ports;
  const batch = due.slice(0, limit);
  const commands = batch.map(({ key, parcel }) => ({ key, sealed: parcel }));
  const reply = await api.send("/api/v1/commands/sealed", { text: JSON.stringify({ commands }) });
  if (!reply.ok || !Array.isArray(reply.json.results)) {
    const asked = askedWait(reply.retryAfter, clock.now());
    return holdAll(batch, ports, asked > 0 || reply.status === 429 ? "park" : "road", asked);
  }
  const byKey = new Map(reply.json.results.map((result) => [result.key, result]));
  const now = clock.now();
  await shelf.change(
    batch.map((item) => item.key),
    onlySaved((item) => settleParcel(item, byKey.get(item.key), now, random)),
  );
  return "answered";
}
