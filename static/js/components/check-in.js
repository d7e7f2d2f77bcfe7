/** The worker's check-in: one tap, or the form; then what became of it. Bound to data-module="check-in". */
import { bindAloud } from "../check-in/aloud.js";
import { checkInBody } from "../check-in/answers.js";
import { drawForm, isOpen } from "../check-in/form.js";
import { checkInView } from "../check-in/state.js";
import { checkInValues, returnedValues } from "../check-in/values.js";
import { announce, focusHeading, followRoad, showUnread } from "../frame.js";
import { leftToRead } from "../inbox/marks.js";
import { api, clock, language, outbox, session } from "../outbox/page.js";
import { view as piece } from "../slots.js";
import { isFull } from "../storage.js";

const ASK_AGAIN = 20_000;
const OLD_WORD = 60_000;

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  const notices = root.querySelector("[data-notices]");
  const page = { me: null, fresh: false, askedAt: 0, mode: null, drawn: null, drawnNotices: null, busy: false };
  let timer = null;

  async function ask() {
    clearTimeout(timer);
    const reply = await api.call("/api/v1/me");
    if (reply.ok) {
      Object.assign(page, { me: reply.json, fresh: true, askedAt: clock.now() });
      await session.keep("me", reply.json, { at: page.askedAt, serial: reply.serial }).catch(() => {});
      outbox.flush();
    } else {
      page.fresh = page.fresh && clock.now() - page.askedAt < OLD_WORD;
      timer = setTimeout(ask, ASK_AGAIN);
    }
    await draw();
  }

  // Somebody else signed in on this phone, in another tab.
  function forgetPerson() {
    Object.assign(page, { me: null, fresh: false, mode: null, drawn: null });
    outlet.replaceChildren();
    ask();
  }

  async function nextScreen() {
    const current = await session.current();
    if (!current) return { screen: "signed_out" };
    if (page.me && current.owner && page.me.account.id !== current.owner) forgetPerson();
    if (!page.me) return { screen: api.state().reachable === false ? "unreachable" : "loading" };
    const offset = (await api.clockOffset()) || 0;
    const now = clock.now();
    const eastMinutes = clock.eastMinutes(now);
    const items = await outbox.list();
    const box = leftToRead(page.me.inbox, items, now + offset);
    showUnread(box.unread);
    const view = checkInView({ me: page.me, fresh: page.fresh, items, mode: page.mode, now: now + offset, eastMinutes });
    return { ...view, urgent: box.urgent[0] };
  }

  const valuesOf = (view) =>
    page.me && view.zone !== undefined
      ? checkInValues(view, page.me, { ...api.state(), sending: outbox.isSending() })
      : {};

  function drawNotices(values, view) {
    const more = {
      ...values,
      signed_off: values.wants_sign_in,
      urgent: view.urgent && view.urgent.title,
      returned: view.returned ? returnedValues(view).map((row) => ({ ...row, phone: values.phone })) : [],
    };
    const told = JSON.stringify(more);
    if (told === page.drawnNotices) return;
    page.drawnNotices = told;
    notices.replaceChildren(piece(root, "notices", more));
    notices.hidden = notices.textContent.trim() === "";
  }

  // A form that somebody is filling is not drawn again under their fingers.
  function mayDraw(view, told, byPerson) {
    if (byPerson) return true;
    if (view.screen === "loading" || told === page.drawn) return false;
    return !isOpen(outlet);
  }

  async function draw({ byPerson = false } = {}) {
    const view = await nextScreen();
    const values = valuesOf(view);
    if (view.screen === "loading") return;
    drawNotices(values, view);
    const told = JSON.stringify([view.screen, view.shift, values]);
    if (!mayDraw(view, told, byPerson)) return;
    const hadFocus = outlet.contains(document.activeElement);
    page.drawn = told;
    outlet.replaceChildren(drawScreen(view, values));
    outlet.removeAttribute("aria-busy");
    if (byPerson || hadFocus) focusHeading(outlet);
    else announce(root, outlet.querySelector("h1").textContent);
  }

  function drawScreen(view, values) {
    if (view.screen === "to_answer") {
      const { form } = page.me;
      const onAnswers = (answers) => keep("check_in", checkInBody(view.shift, answers, form));
      return drawForm(root, { values, form, open: view.amending, language: language(), onAnswers });
    }
    if (view.screen === "follow_up") {
      const { form } = page.me;
      const onAnswers = (answers) => keep("follow_up", { ...view.day, answers });
      return drawForm(root, { values, form, open: false, language: language(), onAnswers });
    }
    const consent = page.me && page.me.consent;
    const paragraphs = consent ? (consent.paragraphs || []).map((text) => ({ text })) : [];
    return piece(root, view.screen, { ...values, title: consent && consent.title, paragraphs });
  }

  /** Saves first; only what is on the disk is shown as saved. */
  async function keep(kind, body) {
    if (page.busy) return;
    page.busy = true;
    try {
      await outbox.save(kind, body);
      page.mode = null;
      await draw({ byPerson: true });
    } catch (failure) {
      outlet.querySelectorAll("[data-not-saved]").forEach((told) => told.remove());
      const values = { ...valuesOf(await nextScreen()), full: isFull(failure) };
      outlet.prepend(piece(root, "not_saved", values));
      outlet.querySelector("[data-not-saved]").focus();
    } finally {
      page.busy = false;
    }
  }

  const consentTo = (agreed) => keep("consent", { version: page.me.consent.version, agreed });

  async function show(mode) {
    page.mode = mode;
    await draw({ byPerson: true });
  }

  const acts = {
    change: () => show("answer"),
    back: () => show(null),
    agree: () => consentTo(true),
    disagree: () => consentTo(false),
    reconsider: () => show("reconsider"),
    last_shift: () => show("last_shift"),
    again: () => ask(),
    dismiss: async (button) => {
      await outbox.dismiss(button.dataset.key);
      await draw({ byPerson: true });
    },
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act](button);
  });

  // The park says why and what to do in its answer to /me, so a received answer asks it again.
  let received = null;
  async function follow() {
    const count = (await outbox.list()).filter((item) => item.state === "received").length;
    const more = received !== null && count > received;
    received = count;
    await draw();
    if (more) await ask();
  }

  async function begin() {
    const kept = await session.kept("me").catch(() => null);
    if (kept && !page.me) page.me = kept.value;
    if (!(await session.current())) return draw();
    await Promise.all([follow(), ask()]);
  }

  bindAloud(root);
  followRoad(api);
  outbox.subscribe(() => follow());
  api.subscribe(() => draw());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && clock.now() - page.askedAt > OLD_WORD) ask();
  });
  window.addEventListener("online", () => ask());
  begin();
}
