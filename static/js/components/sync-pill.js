/** How this machine stands with the park, on every page; leads to what waits. Bound to data-module="sync-pill". */
import { api, clock, outbox } from "../outbox/page.js";
import { word } from "../slots.js";
import { pillOf } from "../sync/standing.js";

const LOOK_EVERY = 20_000;
const OLD_WORD = 60_000;
const FIRST_LOOK = 2_000;

export function bind(pill) {
  let drawn = null;

  async function standing() {
    const items = await outbox.list();
    const count = (state) => items.filter((item) => item.state === state && !item.dismissed_at).length;
    const waiting = count("saved") + (await outbox.countOthers());
    const { reachable, authorised } = api.state();
    return { reachable, authorised, sending: outbox.isSending(), waiting, refused: count("refused"), contactAt: await api.contactAt() };
  }

  async function draw() {
    const now = clock.now();
    const told = pillOf(await standing(), now, clock.eastMinutes(now));
    const name = JSON.stringify(told);
    if (name === drawn) return;
    drawn = name;
    pill.querySelector("[data-pill-text]").textContent = word(pill, told.word, told);
    pill.classList.toggle("is-off", told.off);
    pill.querySelectorAll("[data-icon-when]").forEach((icon) => {
      icon.hidden = icon.dataset.iconWhen !== told.cloud;
    });
  }

  /** Asks the park whether it is there, when nothing else has asked for a while. */
  async function look() {
    if (document.visibilityState !== "visible") return;
    const last = (await api.contactAt()) || 0;
    const wasLost = api.state().reachable === false;
    const isKnown = api.state().reachable === true || pill.dataset.answered !== undefined;
    if (isKnown && !wasLost && Math.abs(clock.now() - last) < OLD_WORD) return draw();
    await api.send("/healthz", { method: "GET" });
    if (wasLost && api.state().reachable) outbox.flush({ eager: true });
    return draw();
  }

  const quietly = (work) => () => work().catch(() => {});
  outbox.subscribe(quietly(draw));
  api.subscribe(quietly(draw));
  for (const sign of ["online", "offline"]) window.addEventListener(sign, quietly(look));
  document.addEventListener("visibilitychange", quietly(look));
  setInterval(quietly(look), LOOK_EVERY);
  // A page of the office was just answered by the park; a shell may have come from this machine, and
  // mostly something else on it asks the park at once.
  if (pill.dataset.answered === undefined) setTimeout(quietly(look), FIRST_LOOK);
  quietly(pill.dataset.answered === undefined ? draw : () => api.noteContact().then(draw))();
}
