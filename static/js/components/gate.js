/** The gate: scans, judges without any network, says what to do, hands in who came. data-module="gate". */
import { createBurst } from "../gate/burst.js";
import { openReader, watchCamera } from "../gate/camera.js";
import { bringIcons } from "../gate/icons.js";
import { judgeScan, judgeTyped, kindOf, wearers } from "../gate/judge.js";
import { createKnown } from "../gate/known.js";
import { createPassage } from "../gate/passage.js";
import { TONE, barValues, outcomeValues } from "../gate/screen.js";
import { createVerifier } from "../gate/signature.js";
import { createTones } from "../gate/tones.js";
import { statedOffset } from "../outbox/moment.js";
import { api, clock, language, outbox, session, store } from "../outbox/page.js";
import { view as piece, word } from "../slots.js";

const SHOWN_FOR = 4_000;
const REFRESH = 60_000;
const DAY = { weekday: "long", day: "2-digit", month: "2-digit", timeZone: "UTC" };
const TONES = ["is-idle", "is-ok", "is-watch", "is-risk"];

export function bind(root) {
  const parts = Object.fromEntries(
    ["bar", "notes", "outlet", "foot", "badge", "video", "camera"].map((name) => [name, root.querySelector(`[data-${name}]`)]),
  );
  const subtle = window.crypto.subtle;
  const page = { direction: "in", muted: false, awaySince: null, refreshing: false, drawn: {}, shown: 0, stopCamera: null, last: null };
  if (!subtle) return show("insecure", {}, "is-idle");

  const known = createKnown({ api, session, store, subtle, clock });
  const verifier = createVerifier(subtle);
  const passage = createPassage(store);
  const tones = createTones(() => new AudioContext());
  const burst = createBurst();
  let offset = 0;
  let clearTimer = null;

  const device = () => Math.floor((clock.now() + offset) / 1000);
  const keysNow = () => known.now().keys;
  const zone = () => (keysNow() && statedOffset(keysNow().as_of)) || clock.eastMinutes(clock.now());

  const shiftWord = (code) => word(root, `shift_${code}`) || code;

  function show(name, values, tone) {
    document.body.classList.remove(...TONES);
    document.body.classList.add(tone);
    parts.outlet.replaceChildren(piece(root, name, values));
    parts.outlet.removeAttribute("aria-busy");
    page.shown += 1;
  }

  /** Whoever is judged while this is looked up stays on the screen. */
  async function showIdle() {
    clearTimeout(clearTimer);
    const before = page.shown;
    const { keys, refused } = known.now();
    const current = await session.current();
    if (page.shown !== before) return;
    if (!current) return show("signed_out", {}, "is-idle");
    if (refused === 403) return show("not_a_gate", {}, "is-idle");
    if (!keys) return show("not_set_up", { reachable: api.state().reachable !== false }, "is-idle");
    return show("idle", {}, "is-idle");
  }

  function clearLater() {
    clearTimeout(clearTimer);
    clearTimer = setTimeout(showIdle, SHOWN_FOR);
  }

  const context = () => ({ known: known.now(), device: device(), direction: page.direction, verifier, lastOf: passage.lastOf });

  /** Shows first, then notes and hands in: whoever stands at the gate does not wait for a disk. */
  async function settle(outcome, since) {
    show("outcome", outcomeValues(outcome, zone(), shiftWord), TONE[outcome.action]);
    performance.measure("gate-verdict", { start: since, end: performance.now() });
    page.last = outcome;
    if (!page.muted) tones.play(outcome.why);
    clearLater();
    try {
      if (outcome.highest !== null) await known.raise(outcome.highest);
      await passage.note(outcome, page.direction);
      if (outcome.body) await outbox.save("gate_scan", { ...outcome.body, gate: gateName() });
    } catch {
      parts.outlet.append(piece(root, "not_saved", {}));
    }
    drawBars();
  }

  const gateName = () => (keysNow() && keysNow().gate) || "?";

  async function typed(badge, since) {
    const found = wearers(badge, known.now());
    if (found.length > 1) return choose(badge, found);
    return settle(judgeTyped(badge.trim(), found[0] || null, context()), since);
  }

  function choose(badge, found) {
    clearTimeout(clearTimer);
    const rows = found.map((row, place) => ({ company: row.company, name: row.name, key: String(place) }));
    show("choose", { badge, rows }, "is-watch");
    if (!page.muted) tones.play("several");
    parts.outlet.querySelectorAll("[data-key]").forEach((button) => {
      const row = found[Number(button.dataset.key)];
      button.addEventListener("click", () => settle(judgeTyped(badge, row, context()), performance.now()));
    });
    parts.outlet.querySelector("[data-key]").focus();
  }

  /** A printed card hides the badge: only the park can say whose it is. */
  async function card(secret, since) {
    const bare = secret.trim().split("#").pop();
    const reply = await api.send("/api/v1/card", { text: JSON.stringify({ card: bare }) });
    const told = reply.ok ? reply.json : null;
    const row = told && wearers(told.badge, known.now()).find((one) => one.company === told.company);
    if (told) return settle(judgeTyped(told.badge, row || null, context()), since);
    const outcome = { action: "wait", why: "card", row: null, said: null, key: null, last: null, at: device(), highest: null };
    return settle(outcome, since);
  }

  async function scanned(text, since = performance.now()) {
    if (!(await session.current())) return showIdle();
    const kind = kindOf(text);
    if (kind === "badge") return typed(text, since);
    if (kind === "card") return card(text, since);
    return settle(await judgeScan(text, context()), since);
  }

  async function drawBars() {
    const state = api.state();
    if (state.reachable === false && page.awaySince === null) page.awaySince = device();
    if (state.reachable) page.awaySince = null;
    const values = barValues({
      known: known.now(),
      device: device(),
      zone: zone(),
      reachable: state.reachable,
      awaySince: page.awaySince,
      counts: passage.counts(device()),
      unsent: await outbox.countUnsent().catch(() => 0),
      muted: page.muted,
    });
    const local = clock.now() + offset + zone() * 60_000;
    values.day = new Intl.DateTimeFormat(language(), DAY).format(local);
    drawPart("bar", { ...values, ...(values.age || {}) });
    drawPart("notes", { ...values, ...(values.age || {}) });
    drawPart("counts", { ...values, ...(values.age || {}) });
  }

  function drawPart(name, values) {
    const told = JSON.stringify(values);
    if (page.drawn[name] === told) return;
    page.drawn[name] = told;
    const place = root.querySelector(`[data-${name}]`);
    const focused = place.contains(document.activeElement) && document.activeElement.dataset.act;
    place.replaceChildren(piece(root, name, values));
    if (focused) place.querySelector(`[data-act="${focused}"]`)?.focus();
  }

  async function refresh() {
    if (page.refreshing) return;
    page.refreshing = true;
    try {
      if (await session.current()) await known.refresh();
      offset = (await api.clockOffset()) || 0;
    } finally {
      page.refreshing = false;
    }
    const outcome = parts.outlet.querySelector("[data-outcome]");
    if (!outcome) await showIdle();
    await drawBars();
    await tidy();
  }

  /** What the park has of scans is not kept here: there are thousands a day. */
  async function tidy() {
    const done = (await store.all()).filter((item) => item.kind === "gate_scan" && item.state === "received");
    if (done.length > 0) await store.remove(done.map((item) => item.key));
  }

  /** All that is fetched on first use is fetched now: later there may be no network. */
  function makeReady() {
    const { keys } = known.now();
    if (keys && keys.keys.length > 0) verifier.prepare(keys.keys).catch(() => {});
    if (navigator.mediaDevices) openReader().then(() => (parts.camera.dataset.reader = "ready"), () => {});
  }

  async function toggleCamera() {
    if (page.stopCamera) {
      page.stopCamera();
      page.stopCamera = null;
    } else {
      try {
        const onText = (text) => scanned(text);
        page.stopCamera = await watchCamera(parts.video, { onText, schedule: (work, ms) => setTimeout(work, ms) });
      } catch {
        show("no_camera", {}, "is-idle");
        clearLater();
      }
    }
    parts.video.hidden = !page.stopCamera;
    parts.camera.setAttribute("aria-pressed", String(Boolean(page.stopCamera)));
  }

  async function toggleSound() {
    page.muted = !page.muted;
    await store.write("gate_muted", page.muted).catch(() => {});
    await drawBars();
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const text = burst.take(event.key, event.timeStamp);
      if (text === null) return;
      // The Enter of a scanner must not press the button that happens to have the focus.
      event.preventDefault();
      event.stopPropagation();
      parts.badge.value = "";
      scanned(text, event.timeStamp);
    },
    true,
  );

  root.querySelector("[data-by-badge]").addEventListener("submit", (event) => {
    event.preventDefault();
    const badge = parts.badge.value.trim().normalize("NFC");
    parts.badge.value = "";
    if (badge) scanned(badge);
  });

  root.addEventListener("change", (event) => {
    if (event.target.name !== "direction") return;
    page.direction = event.target.value;
    store.write("gate_direction", page.direction).catch(() => {});
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    if (button.dataset.act === "sound") toggleSound();
    if (button.dataset.act === "camera") toggleCamera();
    if (button.dataset.act === "again") refresh();
  });

  async function begin() {
    await Promise.all([known.recall(), passage.recall(), bringIcons(root).catch(() => {})]);
    offset = (await api.clockOffset()) || 0;
    page.muted = Boolean(await store.read("gate_muted"));
    page.direction = (await store.read("gate_direction")) === "out" ? "out" : "in";
    root.querySelector(`[name=direction][value=${page.direction}]`).checked = true;
    await showIdle();
    await drawBars();
    root.dataset.ready = "";
    await refresh();
    setInterval(refresh, REFRESH);
    makeReady();
    setInterval(drawBars, 1000);
  }

  api.subscribe(() => drawBars());
  outbox.subscribe(() => drawBars());
  window.addEventListener("online", () => refresh());
  return begin();
}
