/** A screen on a wall: current notices, large, also while the park is not reached. Bound to data-module="display". */
import { isCutOff, languagesOf, slideAt, slidesAt, stripAt } from "../display/state.js";
import { announce } from "../frame.js";
import { createPapers } from "../kiosk/papers.js";
import { createSurroundings } from "../kiosk/surroundings.js";
import { deviceLabel } from "../outbox/device.js";
import { statedOffset, wallClock } from "../outbox/moment.js";
import { api, clock, random, session, store } from "../outbox/page.js";
import { view as piece, word } from "../slots.js";
import { unlessHeldElsewhere } from "../updates.js";

const NAME = "display";
const CHOICE = "display_language";
const ASKED_EVERY = 20_000;
const HEARTBEAT = 500;
const UPDATE_EVERY = 3_600_000;
const REFUSED = [401, 403, 404];

const dayMonth = (day) => `${day.slice(8, 10)}/${day.slice(5, 7)}`;

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  const foot = root.querySelector("[data-foot]");
  const controls = root.querySelector("[data-controls]");
  const papers = createPapers({ api, session, store, random });
  const around = createSurroundings({ document, navigator, AudioContext: window.AudioContext });
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let kept = null;
  let choice = "both";
  let offset = 0;
  let paused = null;
  let asking = false;
  let drawn = "";
  let said = "";

  const now = () => clock.now() + offset;

  // ---- what is shown

  function screenAt(at) {
    const slides = slidesAt(kept.told, at, languagesOf(choice));
    if (still.matches) return { view: slides.length > 0 ? "stack" : "quiet", slides };
    const slide = slideAt(slides, paused === null ? at : paused);
    if (!slide) return { view: "quiet" };
    return { view: "slide", ...look(slide), strip: stripAt(kept.told, at, slide.language) };
  }

  const look = (slide) => ({
    ...slide,
    [slide.kind]: true,
    calm: slide.kind === "notice" && !slide.grave,
    [`is_${slide.language}`]: true,
    class: `screen-say is-${slide.grave ? "grave" : slide.kind} is-${slide.size}`,
  });

  function draw() {
    if (!kept) return;
    const at = now();
    const screen = screenAt(at);
    const rows = (screen.slides || []).map(look);
    const values = { ...screen, rows, place: kept.told.place };
    const told = JSON.stringify(values);
    if (told !== drawn) {
      drawn = told;
      const filled = piece(root, screen.view, values);
      outlet.replaceChildren(filled);
      outlet.removeAttribute("aria-busy");
      const heard = [screen.title, ...rows.map((row) => row.title)].filter(Boolean).join(". ");
      if (heard && heard !== said) announce(root, heard);
      said = heard;
    }
    drawFoot(at);
  }

  function drawFoot(at) {
    const east = statedOffset(kept.told.as_of) ?? clock.eastMinutes(at);
    const known = wallClock(kept.at, east);
    const { day, time } = wallClock(at, east);
    const cut = isCutOff(kept.at, at);
    const values = {
      place: kept.told.place,
      time,
      date: `${dayMonth(day)}/${day.slice(0, 4)}`,
      cut,
      as_of: known.day === day ? known.time : `${known.time} · ${dayMonth(known.day)}`,
    };
    const told = JSON.stringify(values);
    if (foot.dataset.drawn === told) return;
    foot.dataset.drawn = told;
    foot.replaceChildren(piece(root, "foot", values));
  }

  // ---- asking the park

  async function ask() {
    if (asking) return;
    asking = true;
    try {
      const reply = await api.call("/api/v1/display");
      offset = (await api.clockOffset()) || 0;
      if (reply.ok) await keep(reply.json);
      else if (REFUSED.includes(reply.status)) await shut();
    } finally {
      asking = false;
    }
    draw();
  }

  async function keep(told) {
    const current = await session.current();
    kept = { owner: current && current.owner, told, at: Date.parse(told.server_time) };
    controls.hidden = false;
    await store.write(NAME, kept);
  }

  /** The park knows this screen no more: what it was told goes. */
  async function shut() {
    kept = null;
    drawn = said = "";
    await store.forget(NAME);
    foot.replaceChildren();
    delete foot.dataset.drawn;
    showSetUp();
  }

  // ---- setting it up

  function showSetUp() {
    if (outlet.querySelector("form")) return;
    controls.hidden = true;
    outlet.replaceChildren(piece(root, "set_up", { not_kept: !window.isSecureContext }));
    outlet.removeAttribute("aria-busy");
    const form = outlet.querySelector("form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const refused = await papers.setUp(form.elements.code.value, deviceLabel(navigator.userAgent));
      if (!refused) return ask();
      return tellError(form, (refused.json && refused.json.detail) || word(root, "unreachable"));
    });
  }

  function tellError(form, text) {
    const error = form.querySelector("[data-error]");
    error.querySelector("[data-error-text]").textContent = text;
    error.hidden = false;
    form.elements.code.setAttribute("aria-invalid", "true");
    form.elements.code.focus();
  }

  // ---- the few things to choose

  function showChoice() {
    for (const button of controls.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === choice));
    }
    controls.querySelector("[data-act=pause]").hidden = still.matches || paused !== null;
    controls.querySelector("[data-act=go_on]").hidden = still.matches || paused === null;
  }

  const acts = {
    language: (button) => {
      choice = button.dataset.language;
      return store.write(CHOICE, choice);
    },
    whole: () => around.fill(),
    pause: () => (paused = now()),
    go_on: () => (paused = null),
  };

  controls.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    await acts[button.dataset.act](button);
    showChoice();
    draw();
  });

  // ---- open again without the park; nobody stands at a wall to press "use the new version"

  async function keepOpenable() {
    const { serviceWorker } = navigator;
    if (!serviceWorker || !window.isSecureContext) return;
    const hadOne = Boolean(serviceWorker.controller);
    serviceWorker.addEventListener("controllerchange", () => hadOne && window.location.reload());
    const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
    const use = (worker) => worker && hadOne && unlessHeldElsewhere(() => worker.postMessage({ kind: "use_now" }));
    use(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker.addEventListener("statechange", () => worker.state === "installed" && use(worker));
    });
    setInterval(() => registration.update().catch(() => {}), UPDATE_EVERY);
    const ready = await serviceWorker.ready;
    ready.active.postMessage({ kind: "language", language: document.documentElement.lang });
  }

  async function begin() {
    choice = (await store.read(CHOICE)) || "both";
    offset = (await api.clockOffset()) || 0;
    const [last, current] = [await store.read(NAME), await session.current()];
    showChoice();
    if (!current) return showSetUp();
    if (last && last.owner === current.owner) {
      kept = last;
      controls.hidden = false;
      draw();
    }
    return ask();
  }

  still.addEventListener("change", () => [showChoice(), draw()]);
  document.addEventListener("visibilitychange", () => kept && around.keepLit());
  setInterval(draw, HEARTBEAT);
  setInterval(() => kept && ask().catch(() => {}), ASKED_EVERY);
  begin().catch(() => showSetUp());
  keepOpenable().catch(() => {});
}
