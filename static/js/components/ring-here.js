/** A bell that is tried out in this browser, and rings nowhere else. Bound to data-module="ring-here". */
import { subscribed } from "../push/ringing.js";

/** Resolves to what the form posts, or to the state in which no bell can ring. */
async function prepare(key) {
  const { serviceWorker } = navigator;
  if (!window.isSecureContext || !serviceWorker || !window.PushManager || !window.Notification) {
    return { state: "unable" };
  }
  if ((await Notification.requestPermission()) !== "granted") return { state: "blocked" };
  await serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const { pushManager } = await serviceWorker.ready;
  const held = await subscribed(pushManager, key);
  return { address: JSON.stringify(held.toJSON()) };
}

export function bind(form) {
  const button = form.querySelector("button");

  function show(state) {
    form.querySelectorAll("[data-state]").forEach((part) => (part.hidden = part.dataset.state !== state));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    show("");
    prepare(form.dataset.key)
      .catch(() => ({ state: "refused" }))
      .then(({ state, address }) => {
        button.disabled = false;
        if (state) return show(state);
        form.elements.address.value = address;
        return form.submit();
      });
  });
}
