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

// Where the browser can call the service worker later, it also sends after this page is closed. While a
// page is open and the park answers, the page is quicker.
async function askToBeCalled() {
  const alone = document.visibilityState === "hidden" || api.state().reachable === false;
  if (!alone || !navigator.serviceWorker || (await outbox.countUnsent()) === 0) return;
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
  const beCalled = () => askToBeCalled().catch(() => {});
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? hurry() : beCalled()));
  outbox.subscribe(beCalled);
  api.subscribe(beCalled);
  outbox.prune().catch(() => {});
  hurry();
}
