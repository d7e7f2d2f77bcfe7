/**
 * What the person must know of this device: a new version, no encryption, a browser inside an app, little
 * room. Starts the service worker. Bound to data-module="device-notices".
 */
import { clock, outbox, session, store } from "../outbox/page.js";
import { view } from "../slots.js";
import { askToPersist, clearedWith, markKept, rememberRead, wasRead } from "../storage.js";
import { inAppBrowser, isAppleSafari, isTight, whyNotOffline } from "../surroundings.js";
import { isHeld, onHold, unlessHeldElsewhere, watchForms } from "../updates.js";

const LOOK_AGAIN = 3_000;
const UPDATE_EVERY = 3_600_000;
const LATER = "an-ca-update-later";

const once = (emitter, name) => new Promise((resolve) => emitter.addEventListener(name, resolve, { once: true }));

export function bind(root) {
  const notices = root.querySelector("[data-notices]");
  const prompt = root.querySelector("[data-update]");
  const { serviceWorker } = navigator;

  function tell(name, values = {}) {
    if (notices.querySelector(`[data-notice="${name}"]`)) return;
    const piece = view(root, name, values);
    piece.firstElementChild.dataset.notice = name;
    notices.append(piece);
    notices.hidden = false;
  }

  function putAway(button) {
    const notice = button.closest("[data-notice]");
    rememberRead(notice.dataset.notice);
    notice.remove();
    notices.hidden = notices.childElementCount === 0;
  }

  async function copyAddress(button) {
    const field = button.closest("[data-notice]").querySelector("input");
    field.focus();
    field.select();
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(field.value).then(() => true, () => false)
      : document.execCommand("copy");
    button.closest("[data-notice]").querySelector("[data-copied]").hidden = !copied;
  }

  // ---- a new version

  const update = { waiting: null, later: false };

  function drawUpdate() {
    prompt.hidden = !update.waiting || update.later || isHeld();
  }

  function found(worker) {
    if (!serviceWorker.controller) return;
    update.waiting = worker;
    drawUpdate();
  }

  async function useNow() {
    const changed = once(serviceWorker, "controllerchange");
    const free = await unlessHeldElsewhere(() => update.waiting.postMessage({ kind: "use_now" }));
    prompt.querySelector("[data-held-elsewhere]").hidden = free;
    if (!free) return;
    await changed;
    window.location.reload();
  }

  function later() {
    update.later = true;
    window.sessionStorage.setItem(LATER, "1");
    drawUpdate();
  }

  function follow(registration) {
    if (registration.waiting) found(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker.addEventListener("statechange", () => worker.state === "installed" && found(worker));
    });
    let lookedAt = clock.now();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible" || Math.abs(clock.now() - lookedAt) < UPDATE_EVERY) return;
      lookedAt = clock.now();
      registration.update().catch(() => {});
    });
  }

  function watchUpdates() {
    update.later = window.sessionStorage.getItem(LATER) === "1";
    const look = watchForms(document);
    onHold(drawUpdate);
    setInterval(() => update.waiting && (look(), drawUpdate()), LOOK_AGAIN);
  }

  // ---- pages that open without the park

  async function register() {
    const able = Boolean(serviceWorker);
    let why = whyNotOffline({ secure: window.isSecureContext, able });
    if (!why) {
      try {
        watchUpdates();
        const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
        follow(registration);
        const ready = await serviceWorker.ready;
        ready.active.postMessage({ kind: "language", language: document.documentElement.lang });
      } catch (failure) {
        why = whyNotOffline({ secure: true, able, failure: failure.name });
      }
    }
    if (why) tell(why, { address: `https://${window.location.host}` });
  }

  // ---- room on this device

  async function watchRoom() {
    const lost = await clearedWith(store);
    if (lost !== null) tell("cleared", { lost: lost || null });
    const estimate = navigator.storage && navigator.storage.estimate ? await navigator.storage.estimate() : null;
    if (isTight(estimate)) tell("tight");
    let marked = null;
    const mark = async () => {
      if (!(await session.current())) return;
      const unsent = await outbox.countUnsent();
      if (unsent === marked) return;
      if (marked !== null && unsent > marked) askToPersist().catch(() => {});
      marked = unsent;
      await markKept(store, { now: clock.now(), unsent });
    };
    outbox.subscribe(() => mark().catch(() => {}));
    await mark();
  }

  // ---- a better place for this page

  async function suggestPlace() {
    const app = inAppBrowser(navigator.userAgent);
    const address = `${window.location.origin}${root.dataset.start}`;
    if (app) tell("in_app", { app, address });
    else if (isAppleSafari(navigator.userAgent) && navigator.standalone === false && !wasRead("home_screen")) {
      if (await session.current()) tell("home_screen");
    }
  }

  const acts = { "use-now": useNow, later, read: putAway, copy: copyAddress };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button && acts[button.dataset.act]) acts[button.dataset.act](button);
  });

  watchRoom().catch(() => tell("keeps_nothing"));
  suggestPlace().catch(() => {});
  // After the page itself has what it needs.
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register, { once: true });
}
