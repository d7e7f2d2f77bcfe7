/** The board as this machine last knew it, for its person alone. Bound to data-module="last-known". */
import { api, clock, session, store } from "../outbox/page.js";
import { view as piece } from "../slots.js";
import { boardValues } from "../sync/board.js";

const LOOK_EVERY = 10_000;
const SIGN_OUT_DUE = "sign_out_due";

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  let drawn = null;

  async function screen() {
    if (!(await session.current())) return ["signed_out", {}];
    const copy = await session.kept("board");
    const lost = api.state().reachable !== true;
    if (!copy) return ["nothing", { lost }];
    const now = clock.now();
    return ["board", { ...boardValues(copy, now, clock.eastMinutes(now)), lost, found: !lost }];
  }

  async function draw() {
    const [name, values] = await screen();
    const told = JSON.stringify([name, values]);
    if (told === drawn) return;
    drawn = told;
    outlet.replaceChildren(piece(root, name, values));
    outlet.removeAttribute("aria-busy");
  }

  async function leave() {
    await session.end();
    await store.write(SIGN_OUT_DUE, true);
    window.location.assign("/sign-in");
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button && button.dataset.act === "leave") leave();
  });
  /** Until the park answers it is asked again: this page is for the time without it. */
  async function look() {
    if (document.visibilityState === "visible" && api.state().reachable !== true) {
      await api.send("/healthz", { method: "GET" });
    }
    await draw();
  }

  // Also when the session ends by itself, or somebody leaves in another tab.
  setInterval(() => look().catch(() => {}), LOOK_EVERY);
  window.addEventListener("online", () => look().catch(() => {}));
  api.subscribe(() => draw().catch(() => {}));
  draw()
    .then(look)
    .catch(() => {});
}
