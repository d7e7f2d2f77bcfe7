/** The one outbox of this page, wired to the browser. Import it; call `start` once. */
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

export const language = () => document.documentElement.lang || "vi";

function schedule(work, wait) {
  const timer = setTimeout(work, wait);
  return () => clearTimeout(timer);
}

const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null;

export const store = openStore();
export const session = createSession({ store, seal: createSeal({ subtle: crypto.subtle, random, store }) });
export const api = createApi({
  fetch: (path, options) => window.fetch(path, options),
  store,
  session,
  clock,
  schedule,
  language,
});
export const outbox = createOutbox({
  store,
  session,
  api,
  clock,
  random,
  schedule,
  locks: navigator.locks || null,
  tell: () => channel && channel.postMessage("changed"),
});

let started = false;

/** Sends on load and whenever something says that the road may be open. `navigator.onLine` is not believed. */
export function start() {
  if (started) return;
  started = true;
  const hurry = () => outbox.flush({ eager: true });
  if (channel) channel.onmessage = () => outbox.changedElsewhere();
  window.addEventListener("pageshow", hurry);
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  outbox.prune().catch(() => {});
  hurry();
}
