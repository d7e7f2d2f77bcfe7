/** The switch of a phone that rings when something arrives. Bound to data-module="ringing". */
import { api, session } from "../outbox/page.js";
import { createRinging } from "../push/ringing.js";

export function bind(root) {
  const { serviceWorker } = navigator;
  const ringing = createRinging({
    api,
    session,
    browser: {
      secure: window.isSecureContext,
      able: Boolean(serviceWorker && window.PushManager && window.Notification),
      permission: () => Notification.permission,
      ask: () => Notification.requestPermission(),
      pushManager: async () => (await serviceWorker.ready).pushManager,
    },
  });

  function show(state) {
    root.querySelectorAll("[data-state]").forEach((part) => {
      part.hidden = !part.dataset.state.split(" ").includes(state);
    });
    root.removeAttribute("aria-busy");
  }

  async function doing(work) {
    root.setAttribute("aria-busy", "true");
    root.querySelectorAll("button").forEach((button) => (button.disabled = true));
    show(await work().catch(() => "refused"));
    root.querySelectorAll("button").forEach((button) => (button.disabled = false));
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    doing({ on: ringing.turnOn, off: ringing.turnOff, again: ringing.look }[button.dataset.act]);
  });
  doing(ringing.look);
}
