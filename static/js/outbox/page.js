/** The one outbox of this page, wired to the browser. Import it; call `start` once. */
import { clock, random, wire } from "./wiring.js";

const SYNC = "an-ca-outbox";

export { clock, random };

export const language = () => document.documentElement.lang || "vi";

const wired = wire({ language });

export const store = wired.store;
export const session = wired.session;
export const api = wired.api;
export const outbox = wired.outbox;

let started = false;
let asked = 0;

// Where the browser can call the service worker later, it also sends after this page is closed.
async function askToBeCalled() {
  const unsent = await outbox.countUnsent();
  const more = unsent > asked;
  asked = unsent;
  if (!more || !navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration && registration.sync) await registration.sync.register(SYNC);
}

/** Sends on load and whenever something says that the road may be open. `navigator.onLine` is not believed. */
export function start() {
  if (started) return;
  started = true;
  const hurry = () => outbox.flush({ eager: true });
  window.addEventListener("pageshow", hurry);
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
  outbox.subscribe(() => askToBeCalled().catch(() => {}));
  outbox.prune().catch(() => {});
  hurry();
}
