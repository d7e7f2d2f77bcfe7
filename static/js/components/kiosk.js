/**
 * The kiosk: scan, one touch, next person. What somebody says is sealed at once; until then their secret is in
 * one variable of this page, and nowhere else. Bound to data-module="kiosk".
 */
import { tellsOfSomething } from "../check-in/answers.js";
import { bindAloud } from "../check-in/aloud.js";
import { drawForm } from "../check-in/form.js";
import { dayText } from "../check-in/values.js";
import { announce, focusHeading } from "../frame.js";
import { openReader, watchCamera } from "../gate/camera.js";
import { bindEntry, bindPad } from "../kiosk/entry.js";
import { createEye } from "../kiosk/eye.js";
import { footValues } from "../kiosk/foot.js";
import { createLeaving } from "../kiosk/leaving.js";
import { createPapers } from "../kiosk/papers.js";
import { cardIn, createScanner } from "../kiosk/scanner.js";
import { createSealing } from "../outbox/sealing.js";
import { ASKS, LASTS, idle, isAsked, mustDraw, next, sealedContent } from "../kiosk/state.js";
import { createSurroundings } from "../kiosk/surroundings.js";
import { deviceLabel } from "../outbox/device.js";
import { wallClock } from "../outbox/moment.js";
import { api, clock, language, outbox, random, session, store } from "../outbox/page.js";
import { phoneText, view as piece, word } from "../slots.js";
import { holdUpdate, releaseUpdate } from "../updates.js";

const PAPERS_EVERY = 3_600_000;
const HEARTBEAT = 1_000;
const NEWS_EVERY = 60_000;
const RUNNING = "running";

const isField = (element) =>
  Boolean(element) && (element.tagName === "INPUT" ? !["checkbox", "radio"].includes(element.type) : element.tagName === "SELECT");

/** A text field as the scanner sees it: what a burst typed into it is taken out again. */
const fieldOf = (element) =>
  isField(element)
    ? {
        mark() {
          const before = element.value;
          return () => (element.value = before);
        },
      }
    : null;

export function bind(root) {
  const { subtle } = crypto;
  const outlet = root.querySelector("[data-outlet]");
  const foot = root.querySelector("[data-foot]");
  const papers = createPapers({ api, session, store, random });
  const seal = subtle ? createSealing({ subtle, random }) : null;
  const leaveBy = createLeaving({ store, clock, subtle });
  const around = createSurroundings({ document, navigator, AudioContext: window.AudioContext });
  const scanner = createScanner();
  const video = root.querySelector("[data-video]");
  const schedule = (work, ms) => setTimeout(work, ms);
  const eye = createEye({
    store,
    watch: (onText) => watchCamera(video, { onText, schedule, facing: "user" }),
    show: (isOn) => (video.hidden = !isOn),
  });
  let state = { screen: "loading", who: null };
  let told = null;
  let kept = [];
  let busy = false;
  let timers = [];
  let news = [];
  let behind = 0;

  // ---- from one screen to the next

  function go(event) {
    const before = state;
    state = next(state, event);
    if (before === state) return;
    if (mustDraw(before, state)) draw();
    wind();
    const note = outlet.querySelector("[data-busy]");
    if (note) note.hidden = !state.busy;
  }

  const isRunning = () => root.dataset.state === RUNNING;

  /** Untouched for a while: first asked, then everything goes. Any touch or key winds it up again. */
  function wind() {
    timers.forEach(clearTimeout);
    timers = [];
    outlet.querySelectorAll("[data-still-there], [data-busy]").forEach((note) => (note.hidden = true));
    const lasts = LASTS[state.screen];
    if (!lasts) return;
    if (isAsked(state.screen)) timers.push(setTimeout(() => askWhetherThere(), ASKS));
    timers.push(setTimeout(() => go({ type: "time_up" }), lasts));
  }

  function askWhetherThere() {
    const ask = outlet.querySelector("[data-still-there]");
    if (ask) ask.hidden = false;
  }

  // ---- drawing

  const values = () => ({
    name: told && told.name,
    place: told && told.place,
    phone: phoneText(told && told.safety_phone),
    paragraphs: told ? told.notice.paragraphs.map((text) => ({ text })) : [],
    companies: told && told.companies.length > 1 ? told.companies : [],
    several: Boolean(told && told.companies.length > 1),
    proposed: Boolean(told && told.form.proposed),
    agreed: Boolean(state.agreed),
    foreign: Boolean(state.foreign),
    can_see: Boolean(navigator.mediaDevices),
    sees: eye.isOn(),
    message: state.message || null,
  });

  function drawScreen() {
    if (state.screen !== "answer") return piece(root, state.screen, values());
    const onAnswers = (answers) => keep(answers);
    return drawForm(root, { values: values(), form: told.form, open: false, language: language(), onAnswers });
  }

  function draw() {
    outlet.replaceChildren(drawScreen());
    outlet.removeAttribute("aria-busy");
    outlet.scrollTop = 0;
    window.scrollTo(0, 0);
    (binds[state.screen] || (() => {}))();
    if (!outlet.contains(document.activeElement)) focusHeading(outlet);
    announce(root, outlet.querySelector("h1").textContent);
    drawFoot();
  }

  const binds = {
    answer() {
      const details = outlet.querySelector("form details");
      details.addEventListener("toggle", () => go({ type: details.open ? "open" : "fold" }));
    },
    typed: () => bindEntry(outlet.querySelector("form"), (who) => go({ type: "typed", who })),
    leave: bindLeaving,
    set_up: bindSetUp,
    closed: drawReturned,
  };

  // ---- answers

  /** Sealed first, then on the disk, then said so; whatever is not on the disk is not called saved. */
  async function keep(answers) {
    await sealAndKeep("check_in", { answers, rules: told.form.rules }, (key) => ({
      type: "kept",
      key,
      signs: tellsOfSomething(answers, told.form),
    }));
  }

  const decline = () =>
    sealAndKeep("consent", { version: told.notice.version, agreed: false }, (key) => ({ type: "declined", key }));

  async function sealAndKeep(kind, body, done) {
    if (busy || !state.who) return;
    busy = true;
    const of = state.who;
    const notice = kind === "check_in" ? told.notice.version : "";
    try {
      const content = sealedContent(state, body, notice);
      const item = await outbox.saveSealed(kind, content, (plain) => seal(plain, told.key));
      if (state.who === of) go(done(item.key));
      around.sound("kept");
    } catch {
      if (state.who === of) go({ type: "failed" });
    } finally {
      busy = false;
    }
  }

  /** Online the park may say no while the person still stands here. */
  async function follow() {
    const items = await outbox.list();
    const mine = state.key && items.find((item) => item.key === state.key);
    if (mine && mine.state === "refused") go({ type: "refused", key: mine.key, message: mine.answer.message });
    if (items.some((item) => item.state === "received")) outbox.prune().catch(() => {});
    kept = items.map(({ state: of, dismissed_at }) => ({ state: of, dismissed_at }));
    drawFoot();
    if (api.state().authorised === false && isRunning()) go({ type: "shut" });
  }

  function drawFoot() {
    const now = clock.now();
    const next = footValues(kept, {
      name: told && told.name,
      reachable: api.state().reachable,
      now,
      eastMinutes: clock.eastMinutes(now),
      mayLeave: isRunning() && ["idle", "not_saved", "shut"].includes(state.screen),
    });
    const drawn = JSON.stringify(next);
    if (foot.dataset.drawn === drawn) return;
    const hadFocus = foot.contains(document.activeElement);
    foot.dataset.drawn = drawn;
    foot.replaceChildren(piece(root, "foot", next));
    if (hadFocus) (foot.querySelector("button") || outlet.querySelector("h1")).focus();
  }

  // ---- what everybody should know, while nobody stands here; gone by its own time also offline

  async function hearNews() {
    const reply = isRunning() ? await api.call("/api/v1/display") : null;
    if (!reply || !reply.ok) return;
    news = reply.json.notices;
    behind = (await api.clockOffset()) || 0;
    drawNews();
  }

  function drawNews() {
    const now = clock.now() + behind;
    const one = state.screen === "idle" && news.find((each) => Date.parse(each.expires_at) > now);
    const said = one && [one.titles, one.texts].map((words) => words[language()] || words.vi).join(". ");
    const place = root.querySelector("[data-news]");
    if (place.hidden === !one && (!one || place.lastElementChild.textContent === said)) return;
    place.hidden = !one;
    if (one) place.lastElementChild.textContent = said;
  }

  // ---- the people who look after the kiosk

  function bindSetUp() {
    const form = outlet.querySelector("form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const refused = await papers.setUp(form.elements.code.value, deviceLabel(navigator.userAgent));
      if (!refused) return ready();
      const why = (refused.json && refused.json.detail) || word(root, "unreachable");
      return tellError(form, why);
    });
  }

  function tellError(form, text) {
    const error = form.querySelector("[data-error]");
    error.querySelector("[data-error-text]").textContent = text;
    error.hidden = false;
    const field = form.querySelector("input");
    field.setAttribute("aria-invalid", "true");
    field.value = "";
    field.focus();
  }

  function bindLeaving() {
    const form = outlet.querySelector("form");
    bindPad(form);
    form.elements.pin.focus();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const pin = form.elements.pin.value.trim();
      form.elements.pin.value = "";
      const outcome = await leaveBy(pin, told.leave_lock);
      if (outcome !== "left") return tellError(form, word(root, outcome));
      root.dataset.state = "closed";
      releaseUpdate("kiosk");
      eye.close();
      await around.release();
      return go({ type: "left" });
    });
  }

  /** What came back is named by time and reason: whose it was, only the safety officer's page knows. */
  async function drawReturned() {
    const items = (await outbox.list()).filter((item) => item.state === "refused" && !item.dismissed_at);
    const zone = clock.eastMinutes(clock.now());
    const rows = items.map((item) => {
      const { day, time } = wallClock(item.made_at, zone);
      return { key: item.key, at: `${dayText(day)} · ${time}`, reason: item.answer.message };
    });
    outlet.querySelector("[data-returned]").replaceChildren(piece(root, "returned", { rows, any: rows.length > 0 }));
  }

  async function begin() {
    root.dataset.state = RUNNING;
    holdUpdate("kiosk");
    await around.fill();
    await eye.recall(see);
    go({ type: "begin" });
    hearNews().catch(() => {});
  }

  const acts = {
    begin: () => begin(),
    camera: () => eye.toggle(see).then(draw, () => go({ type: "no_camera" })),
    whole: () => around.fill().then(showWhole),
    no_card: () => go({ type: "no_card" }),
    notice: () => go({ type: "notice" }),
    agree: () => go({ type: "agree" }),
    disagree: () => decline(),
    back: () => go({ type: "back" }),
    cancel: () => go({ type: "cancel" }),
    leave: () => go({ type: "leave" }),
    again: () => ready(),
    dismiss: async (button) => {
      await outbox.dismiss(button.dataset.key);
      await drawReturned();
    },
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button && acts[button.dataset.act]) acts[button.dataset.act](button);
  });

  // ---- the scanner and the screen around

  function hear(event) {
    if (!isRunning() || event.ctrlKey || event.altKey || event.metaKey) return;
    const { code, key, shiftKey: shift, timeStamp: at } = event;
    const caps = event.getModifierState("CapsLock");
    const heard = scanner.press({ code, key, shift, caps, at, field: fieldOf(event.target) });
    if (heard.swallow) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (heard.card) shown(heard.card);
    else if (heard.unread) unread(heard.foreign);
  }

  function shown(card) {
    around.sound("scan");
    go({ type: "scan", card });
  }

  function unread(foreign = false) {
    around.sound("unread");
    go({ type: "unread", foreign });
  }

  /** A code that came before the camera. */
  function see(text) {
    if (!isRunning()) return;
    const card = cardIn(text);
    if (card) shown(card);
    else unread();
  }

  function beat() {
    const card = isRunning() && scanner.settle(performance.now());
    if (card) shown(card);
    drawFoot();
    drawNews();
  }

  const showWhole = () => (root.querySelector("[data-not-whole]").hidden = !isRunning() || around.isWhole());

  window.addEventListener("keydown", hear, { capture: true });
  for (const sign of ["pointerdown", "keydown", "input"]) document.addEventListener(sign, () => wind(), { passive: true });
  document.addEventListener("fullscreenchange", showWhole);
  document.addEventListener("visibilitychange", () => isRunning() && around.keepLit());
  // Nothing of a person is left behind when the page is put away and brought back.
  window.addEventListener("pagehide", () => {
    state = idle();
    outlet.replaceChildren();
  });
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

  // ---- beginning

  function show(screen) {
    state = { screen, who: null };
    draw();
  }

  async function ready() {
    if (!seal) return show("no_seal");
    told = await papers.read();
    if (!told) return show("set_up");
    show("start");
    // What the camera needs is fetched now: later there may be no network.
    if (navigator.mediaDevices) openReader().then(() => (root.dataset.reader = "ready"), () => {});
    if ((await papers.renew()) === "refused") return go({ type: "shut" });
    return renewed();
  }

  /** New papers wait until nobody stands at the kiosk. */
  async function renewed() {
    const fresh = await papers.read();
    if (fresh && !state.who) told = fresh;
  }

  bindAloud(root);
  outbox.subscribe(() => follow().catch(() => {}));
  api.subscribe(() => follow().catch(() => {}));
  setInterval(beat, HEARTBEAT);
  setInterval(() => hearNews().catch(() => {}), NEWS_EVERY);
  setInterval(() => papers.renew().then(renewed).catch(() => {}), PAPERS_EVERY);
  ready().catch(() => show("set_up"));
}
