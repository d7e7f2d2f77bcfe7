/** Signing out of the office pages ends this machine's session too: its key goes before the page does. */
import { session, store } from "../outbox/page.js";

const SIGN_OUT_DUE = "sign_out_due";

export function bind(form) {
  let leaving = false;

  async function leave() {
    await session.end();
    await store.forget(SIGN_OUT_DUE);
  }

  function submit() {
    if (leaving) return;
    leaving = true;
    leave()
      .catch(() => {})
      .then(() => form.submit());
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  async function begin() {
    // Somebody else has signed in here while the park was away, or has left: its session is to end.
    if (await store.read(SIGN_OUT_DUE)) return submit();
    const current = await session.current();
    if (current && current.owner !== form.dataset.owner) await session.end();
    return undefined;
  }

  // Of a page that was left open in another tab the next person reads nothing.
  async function lookAgain() {
    const current = document.visibilityState === "visible" ? await session.current() : null;
    if (current && current.owner !== form.dataset.owner) window.location.reload();
  }

  begin()
    .then(() => document.addEventListener("visibilitychange", () => lookAgain().catch(() => {})))
    .catch(() => {});
}
