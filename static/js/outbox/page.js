/** The one outbox of this page, wired to the browser. Import it; call `start` once. */
import { createApi } from "./api.js";
import { createOutbox } from "./outbox.js";
import { createParcels } from "./parcel.js";
import { createSeal } from "./seal.js";
import { createSession } from "./session.js";
import { openStore } from "./store.js";
import { createVault } from "./vault.js";

const CHANNEL = "an-ca-outbox";
const LOOK_EVERY = 30_000;

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

const { subtle } = crypto;
const seal = createSeal({ subtle, random });
const vault = seal && createVault({ subtle, seal, random, store, clock });
const parcels = seal && createParcels({ subtle, random, store });

export const session = createSession({ store, clock, seal, vault });
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
  parcels,
});

let started = false;

/** Somebody's hand on the machine keeps the session; without one it ends by itself. */
function watchOverIdleness() {
  const atHand = () => session.current().then((current) => current && session.touch());
  for (const sign of ["pointerdown", "keydown"]) {
    document.addEventListener(sign, () => atHand().catch(() => {}), { passive: true });
  }
  setInterval(() => session.current().catch(() => {}), LOOK_EVERY);
}

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
  session.prune().catch(() => {});
  watchOverIdleness();
  hurry();
}
