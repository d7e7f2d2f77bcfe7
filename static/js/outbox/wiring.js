/** An outbox wired to the browser: of a page, or of the service worker while no page is open. */
import { createApi } from "./api.js";
import { createOutbox } from "./outbox.js";
import { createSeal } from "./seal.js";
import { createSession } from "./session.js";
import { openStore } from "./store.js";

const CHANNEL = "an-ca-outbox";

export const random = (count) => crypto.getRandomValues(new Uint8Array(count));

export const clock = {
  now: () => Date.now(),
  eastMinutes: (at) => -new Date(at).getTimezoneOffset(),
};

function schedule(work, wait) {
  const timer = setTimeout(work, wait);
  return () => clearTimeout(timer);
}

/** `language()` is what the park's sentences are asked in. Call once in each page or worker. */
export function wire({ language }) {
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null;
  const store = openStore();
  const session = createSession({ store, seal: createSeal({ subtle: crypto.subtle, random, store }) });
  const fetch = (path, options) => globalThis.fetch(path, options);
  const api = createApi({ fetch, store, session, clock, schedule, language });
  const locks = navigator.locks || null;
  const tell = () => channel && channel.postMessage("changed");
  const outbox = createOutbox({ store, session, api, clock, random, schedule, locks, tell });
  if (channel) channel.onmessage = () => outbox.changedElsewhere();
  return { store, session, api, outbox };
}
