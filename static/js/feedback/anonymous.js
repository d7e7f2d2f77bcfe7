/**
 * Notes without a name wait here apart from every other action: no owner, no token, no time. They leave one by
 * one, in no order, each after a random while.
 */
import { codeHash, newCode, randomKey } from "./code.js";

const NAME = "notes";
const PATH = "/api/v1/feedback/anonymous";
const unit = (random) => random(1)[0] / 256;

/** ports: store (store.js), send(path, {text}) without token or cookie, random(n), schedule(work, ms) -> cancel. */
export function createAnonymous({ store, send, random, schedule, changed = () => {} }) {
  let booked = false;

  const list = async () => (await store.read(NAME)) || [];

  /** Keeps a note; the code that its answer will wait under. Nothing here keeps the code. */
  async function save(body) {
    const code = newCode(random);
    const note = { key: randomKey(random), ...body, reply_code_hash: codeHash(code) };
    await store.update(NAME, (notes) => [...(notes || []), JSON.parse(JSON.stringify(note).normalize("NFC"))]);
    book();
    return code;
  }

  const drop = (key) => store.update(NAME, (notes) => (notes || []).filter((note) => note.key !== key));

  async function sendOne() {
    const waiting = (await list()).filter((note) => !note.refused);
    if (waiting.length === 0) return false;
    const note = waiting[Math.floor(unit(random) * waiting.length)];
    const reply = await send(PATH, { text: JSON.stringify(note) });
    if (reply.ok) await drop(note.key);
    // What the park will never take stays, with the reason, for whoever is here to read.
    else if (reply.status === 422 && reply.json) {
      const refused = reply.json.detail || reply.json.code;
      await store.update(NAME, (notes) => notes.map((one) => (one.key === note.key ? { ...one, refused } : one)));
    }
    changed();
    return reply.ok || reply.status === 422;
  }

  /** Sends what waits, from 3 to 30 seconds from now; after a failure from half a minute to two. */
  function book(failed = false) {
    if (booked) return;
    booked = true;
    const wait = failed ? 30_000 + 90_000 * unit(random) : 3_000 + 27_000 * unit(random);
    schedule(async () => {
      const went = await sendOne().catch(() => false);
      booked = false;
      if ((await list().catch(() => [])).some((note) => !note.refused)) book(!went);
    }, wait);
  }

  return { save, list, drop, book, ask: (reply_code) => send(`${PATH}/answer`, { text: JSON.stringify({ reply_code }) }) };
}
