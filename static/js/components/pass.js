/** The worker's pass: its code for the gate, or why there is none. Bound to data-module="pass". */
import { announce, followRoad, showUnread } from "../frame.js";
import { leftToRead } from "../inbox/marks.js";
import { api, clock, language, outbox, session } from "../outbox/page.js";
import { drawCode } from "../pass/code.js";
import { passView } from "../pass/state.js";
import { view as piece, word } from "../slots.js";

const ASK_AGAIN = 20_000;
const OLD_WORD = 60_000;
const TONE = { green: "is-ok", amber: "is-watch", red: "is-risk" };

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  let turn = 0;
  const page = { me: null, keptAt: null, fresh: false, askedAt: 0, drawn: null };
  let timer = null;

  async function ask() {
    clearTimeout(timer);
    const reply = await api.call("/api/v1/me");
    if (reply.ok) {
      Object.assign(page, { me: reply.json, fresh: true, askedAt: clock.now(), keptAt: null });
      await session.keep("me", reply.json, { at: page.askedAt, serial: reply.serial }).catch(() => {});
      outbox.flush();
    } else {
      page.fresh = page.fresh && clock.now() - page.askedAt < OLD_WORD;
      page.keptAt = page.fresh ? null : page.keptAt || page.askedAt || null;
      timer = setTimeout(ask, ASK_AGAIN);
    }
    await draw();
  }

  async function nextView() {
    const current = await session.current();
    if (!current) return { screen: "signed_out", values: {} };
    if (page.me && current.owner && page.me.account.id !== current.owner) page.me = null;
    if (!page.me) return { screen: api.state().reachable === false ? "unreachable" : "loading", values: {} };
    const now = clock.now() + ((await api.clockOffset()) || 0);
    const items = await outbox.list();
    const eastMinutes = clock.eastMinutes(clock.now());
    showUnread(leftToRead(page.me.inbox, items, now).unread);
    return passView({ me: page.me, fresh: page.fresh, items, now, eastMinutes, keptAt: page.keptAt });
  }

  const weekday = (on) => new Intl.DateTimeFormat(language(), { weekday: "long", timeZone: "UTC" }).format(Date.parse(on));

  async function draw() {
    const view = await nextView();
    if (view.screen === "loading") return;
    const values = view.values.on ? { ...view.values, weekday: weekday(view.values.on) } : view.values;
    const told = JSON.stringify([view.screen, view.text, values]);
    if (told === page.drawn) return;
    page.drawn = told;
    turn += 1;
    const mine = turn;
    const code = view.text ? await drawCode(view.text, word(root, "code")).catch(() => null) : null;
    if (mine !== turn) return;
    const screen = view.text && !code ? "no_code" : view.screen;
    const tone = TONE[screen];
    document.body.classList.remove("pass", "is-ok", "is-watch", "is-risk");
    if (tone) document.body.classList.add("pass", tone);
    outlet.replaceChildren(piece(root, screen, values));
    if (code) outlet.querySelector("[data-code]").replaceWith(code);
    outlet.removeAttribute("aria-busy");
    announce(root, outlet.querySelector("h1").textContent);
  }

  async function begin() {
    const kept = await session.kept("me").catch(() => null);
    if (kept && !page.me) Object.assign(page, { me: kept.value, keptAt: kept.at });
    await draw();
    if (await session.current()) await ask();
  }

  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-act=again]")) ask();
  });
  followRoad(api);
  outbox.subscribe(() => draw());
  api.subscribe(() => draw());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (clock.now() - page.askedAt > OLD_WORD) ask();
    else draw();
  });
  window.addEventListener("online", () => ask());
  // A pass ends while it is being looked at.
  setInterval(draw, 15_000);
  begin();
}
