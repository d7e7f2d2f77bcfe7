/** The one outbox of this page, wired to the browser. Import it; call `start` once. */
import { clock, random, wire } from "./wiring.js";

const SYNC = "an-ca-outbox";
const LOOK_EVERY = 30_000;

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
  if (!alone || !navigator.serviceWorker || (await outbox.countWaiting()) === 0) return;
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration && registration.sync) await registration.sync.register(SYNC);
}

/** Somebody's hand on the machine keeps the session; without one it ends by itself. */
function watchOverIdleness() {
  const atHand = () => session.current().then((current) => current && session.touch());
  for (const sign of ["pointerdown", "keydown"]) {
    document.addEventListener(sign, () => atHand().catch(() => {}), { passive: true });
  }
  let wasHere = false;
  async function look() {
    const isHere = Boolean(await session.current());
    // What a page kept on this machine shows goes with the session that opened it.
    if (wasHere && !isHere && document.body.dataset.nameless !== undefined) window.location.reload();
    wasHere = isHere;
  }
  const quietly = () => look().catch(() => {});
  setInterval(quietly, LOOK_EVERY);
  quietly();
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
  session.prune().catch(() => {});
  watchOverIdleness();
  hurry();
}
