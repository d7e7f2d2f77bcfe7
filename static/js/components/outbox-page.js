/** What of this machine is not sent yet, and why; what came back. Bound to data-module="outbox-page". */
import { announce } from "../frame.js";
import { api, clock, outbox, session, store } from "../outbox/page.js";
import { isWorkerOnly } from "../sign-in/entry.js";
import { view as piece, word } from "../slots.js";
import { rowsOf } from "../sync/rows.js";
import { timeText } from "../sync/standing.js";

const SIGN_OUT_DUE = "sign_out_due";

async function safetyPhone() {
  const kept = await session.kept("me").catch(() => null);
  return kept && kept.value.worker ? kept.value.worker.safety_phone : null;
}

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  let drawn = null;
  let sending = false;

  async function values() {
    const current = await session.current();
    const now = clock.now();
    const eastMinutes = clock.eastMinutes(now);
    const rows = rowsOf(await outbox.list(), { road: api.state(), now, eastMinutes });
    const others = await outbox.countOthers();
    const nothing = rows.waiting.length + rows.refused.length + others === 0;
    return {
      ...rows,
      signed_out: !current,
      any_waiting: rows.waiting.length > 0,
      any_refused: rows.refused.length > 0,
      any_received: rows.received.length > 0,
      waiting_count: rows.waiting.length,
      refused_count: rows.refused.length,
      others: others || null,
      may_send: rows.waiting.length + others > 0,
      nothing,
      contact: timeText(await api.contactAt(), now, eastMinutes),
      lost: api.state().reachable === false,
      worker: Boolean(current) && current.roles.includes("worker"),
      office: Boolean(current) && !isWorkerOnly(current.roles),
      phone: await safetyPhone(),
    };
  }

  function keepOpen(fresh) {
    const open = outlet.querySelector("details[open]");
    if (open && fresh.querySelector("details")) fresh.querySelector("details").open = true;
  }

  async function draw() {
    const told = await values();
    const name = JSON.stringify(told);
    if (name === drawn) return;
    drawn = name;
    const held = document.activeElement && outlet.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    const fresh = piece(root, "list", told);
    keepOpen(fresh);
    outlet.replaceChildren(fresh);
    outlet.removeAttribute("aria-busy");
    document.querySelectorAll(".tabbar").forEach((bar) => (bar.hidden = !told.worker));
    if (held) (outlet.querySelector(`[data-act="${held}"]`) || outlet.querySelector("h1")).focus();
  }

  async function sendNow() {
    if (sending) return;
    sending = true;
    announce(root, word(root, "sending"));
    await outbox.sendNow().finally(() => (sending = false));
    await draw();
    announce(root, word(root, api.state().reachable === false ? "not_reached" : "tried"));
  }

  async function leave() {
    await session.end();
    await store.write(SIGN_OUT_DUE, true);
    window.location.assign("/sign-in");
  }

  const acts = { send: sendNow, leave, dismiss: (button) => outbox.dismiss(button.dataset.key).then(draw) };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act](button);
  });
  outbox.subscribe(() => draw().catch(() => {}));
  api.subscribe(() => draw().catch(() => {}));
  draw().catch(() => {});
}
