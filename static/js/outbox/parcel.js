/** Commands closed for the park alone: whoever uses this machine next hands them in and cannot read them. */
import { createSealing } from "./sealing.js";

const PARK_KEY = "park_key";

/** `close(content)` gives a compact JWE, or null while this machine does not know the park's key. */
export function createParcels({ subtle, random, store }) {
  const seal = createSealing({ subtle, random });

  async function close(content) {
    const parkKey = await store.read(PARK_KEY);
    return parkKey ? seal(content, parkKey) : null;
  }

  /** Asks for the park's key once in each session; `ask(path)` is a call without a token. */
  async function learnKey(ask, stamp) {
    const known = await store.read(PARK_KEY);
    if (known && known.stamp === stamp) return;
    const reply = await ask("/api/v1/commands/key");
    if (reply.ok && reply.json && reply.json.key) await store.write(PARK_KEY, { ...reply.json.key, stamp });
  }

  return { close, learnKey };
}
