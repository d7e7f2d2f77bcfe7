/** Roll call of a group, keyboard first, kept on this device until it is closed. Bound to data-module="roll-call". */
import { momentText } from "../check-in/values.js";
import { announce, focusHeading } from "../frame.js";
import { api, clock, language, outbox, session } from "../outbox/page.js";
import { askDetails } from "../roll-call/details.js";
import { drawCounts, drawCursor, drawRows, focusRow, rowOf, updateRow } from "../roll-call/draw.js";
import { drawFrame, drawHead } from "../roll-call/frame.js";
import { actOf } from "../roll-call/keys.js";
import { createKeeping } from "../roll-call/keeping.js";
import { closingOf, onItsWay, undoBody } from "../roll-call/outcome.js";
import * as sheets from "../roll-call/sheet.js";
import { closingValues, zoneOf } from "../roll-call/values.js";
import { view as piece, word } from "../slots.js";

const ASK_AGAIN = 20_000;
const OLD_WORD = 60_000;
const TOAST_STAYS = 8_000;
const MARK_KEYS = new Set(["radio", "text"]);

function askedFor({ pathname, search }) {
  const asked = new URLSearchParams(search);
  const group = decodeURIComponent(pathname.split("/")[2] || "");
  return { group, on: asked.get("on"), shift: asked.get("shift") };
}

export function bind(root) {
  const form = root.querySelector("[data-sheet]");
  const outlet = root.querySelector("[data-outlet]");
  const find = root.querySelector("[data-find]");
  const toast = root.querySelector("[data-toast]");
  const asked = askedFor(window.location);
  const keeping = createKeeping({ session, clock });
  const comma = language() === "vi" ? "," : ".";
  const page = { park: null, fresh: false, at: null, sheet: null, cursor: 0, saved: null, drawn: null, busy: false };
  let timer = null;
  let toastTimer = null;

  // ---- what the park says, and what is kept here

  function path() {
    const query = new URLSearchParams();
    if (asked.on) query.set("on", asked.on);
    if (asked.shift) query.set("shift", asked.shift);
    const text = query.toString();
    return `/api/v1/groups/${encodeURIComponent(asked.group)}/roll-call${text ? `?${text}` : ""}`;
  }

  async function take(park, { at, fresh }) {
    Object.assign(page, { park, at, fresh });
    const kept = page.sheet ? null : await keeping.draft(park);
    await reopen(() => (page.sheet ? sheets.draftOf(page.sheet) : kept));
  }

  // The marks are taken last: somebody may be marking while this device looks what is on its way.
  async function reopen(draft) {
    const closed = onItsWay(closingOf(page.park, await outbox.list()));
    page.sheet = sheets.openSheet(page.park, { draft: draft(), closed, comma });
    await show();
  }

  async function ask() {
    clearTimeout(timer);
    if (!(await session.current())) return tellInstead("signed_out");
    const reply = await api.call(path());
    if (reply.ok) {
      await keeping.keepSheet(reply.json, reply.serial).catch(() => {});
      return take(reply.json, { at: clock.now(), fresh: true });
    }
    if (reply.status === 401 && !page.park) return tellInstead("signed_out");
    if (reply.status === 403 || reply.status === 404) return tellInstead("not_found");
    timer = setTimeout(ask, ASK_AGAIN);
    page.fresh = false;
    return page.park ? drawState() : tellInstead("unreachable");
  }

  function tellInstead(name, values = {}) {
    form.hidden = true;
    outlet.hidden = false;
    outlet.replaceChildren(piece(root, name, values));
    outlet.removeAttribute("aria-busy");
    focusHeading(outlet);
  }

  // ---- drawing

  const reach = () => {
    const active = document.activeElement;
    const tr = active && active.closest("tr[data-index]");
    return tr ? { index: Number(tr.dataset.index), measuring: active.matches("[data-temperature]") } : null;
  };

  async function show() {
    if (!page.park.shift) return tellInstead("nobody", { group: page.park.group.name });
    const first = form.hidden;
    const held = reach();
    outlet.hidden = true;
    outlet.removeAttribute("aria-busy");
    form.hidden = false;
    drawFrame(root, page.park, language());
    drawRows(root, page.sheet);
    drawState();
    page.cursor = Math.min(page.cursor, Math.max(0, page.sheet.rows.length - 1));
    drawCursor(root, page.cursor);
    if (held) focusRow(root, held.index, { measuring: held.measuring });
    else if (first && window.matchMedia("(hover: hover)").matches) focusRow(root, page.cursor);
    return drawClosing();
  }

  function drawState() {
    drawCounts(root, sheets.countMarks(page.sheet), sheets.countOpen(page.sheet));
    const zone = zoneOf(page.park);
    const usual = page.park.shift.on;
    drawHead(root, page.park, language(), page.saved ? momentText(page.saved, zone, usual) : null);
    const stale = page.fresh ? null : momentText(page.at, zone, usual);
    const box = root.querySelector("[data-stale]");
    if (!stale) box.replaceChildren();
    else if (!box.firstChild) box.append(piece(root, "stale", { at: stale }));
  }

  async function drawClosing() {
    if (!page.park || !page.park.shift) return null;
    const closing = closingOf(page.park, await outbox.list());
    const values = closingValues(closing, page.park);
    const told = JSON.stringify(values);
    const box = root.querySelector("[data-closing]");
    if (told !== page.drawn) {
      page.drawn = told;
      const held = box.contains(document.activeElement);
      box.replaceChildren(...(values ? [piece(root, "closing", values)] : []));
      box.hidden = !values;
      if (held) focusRow(root, page.cursor);
    }
    return closing;
  }

  // ---- marking

  function put(sheet, index) {
    const row = rowOf(root, index);
    page.sheet = sheet;
    updateRow(root, row, sheet.rows[index], sheet.form);
    drawCounts(root, sheets.countMarks(sheet), sheets.countOpen(sheet));
    keepDraft();
  }

  // One writing at a time; what was marked meanwhile goes with the next.
  const drafts = { writing: false, again: false };
  async function keepDraft() {
    drafts.again = true;
    if (drafts.writing) return;
    drafts.writing = true;
    form.dataset.draft = "writing";
    while (drafts.again) {
      drafts.again = false;
      try {
        await keeping.keepDraft(page.park, sheets.draftOf(page.sheet));
        page.saved = clock.now();
        drawState();
      } catch {
        tellError(word(root, "not_saved"));
      }
    }
    drafts.writing = false;
    form.dataset.draft = "kept";
  }

  function goTo(index, options) {
    page.cursor = Math.min(Math.max(index, 0), page.sheet.rows.length - 1);
    drawCursor(root, page.cursor);
    focusRow(root, page.cursor, options);
  }

  function mark(index, kind) {
    put(sheets.setMark(page.sheet, index, kind), index);
    goTo(index + 1);
  }

  function fillRest() {
    const count = sheets.countOpen(page.sheet);
    if (count === 0) return;
    page.sheet = sheets.fillRest(page.sheet);
    page.sheet.rows.forEach((row, index) => updateRow(root, rowOf(root, index), row, page.sheet.form));
    drawState();
    announce(root, word(root, "filled", { count }));
    keepDraft();
    // The button that was pressed is gone; the keys stay where they were.
    if (!form.contains(document.activeElement) || indexOf(document.activeElement) < 0) {
      form.querySelector(".btn-primary").focus();
    }
  }

  async function details(index) {
    page.cursor = index;
    const row = page.sheet.rows[index];
    const told = await askDetails(root, row, page.sheet.form);
    if (told) {
      let next = sheets.setDetails(page.sheet, index, told);
      if (told.temperature !== undefined) next = sheets.setTemperature(next, index, told.temperature);
      put(next, index);
      goTo(index + 1);
    } else goTo(index);
  }

  // ---- closing and taking back

  function tellError(text) {
    const error = form.querySelector("[data-error]");
    error.hidden = text === null;
    error.querySelector("[data-error-text]").textContent = text || "";
  }

  function showToast(name, values, stays) {
    clearTimeout(toastTimer);
    toast.replaceChildren(piece(root, name, values));
    toast.hidden = false;
    if (stays) toastTimer = setTimeout(() => (toast.hidden = true), stays);
  }

  async function alone(work) {
    if (page.busy) return;
    page.busy = true;
    try {
      await work();
    } catch {
      tellError(word(root, "not_saved"));
    } finally {
      page.busy = false;
    }
  }

  const close = () =>
    alone(async () => {
      tellError(null);
      const wrong = sheets.unreadable(page.sheet);
      if (wrong >= 0) {
        tellError(word(root, "unreadable", { name: page.sheet.rows[wrong].name }));
        updateRow(root, rowOf(root, wrong), page.sheet.rows[wrong], page.sheet.form);
        return goTo(wrong, { measuring: true });
      }
      const { group } = page.park;
      const sent = page.sheet;
      await outbox.save("roll_call", sheets.rollCallBody(page.park, sent));
      await keeping.dropDraft(page.park);
      page.saved = null;
      await reopen(() => (page.sheet === sent ? null : sheets.draftOf(page.sheet)));
      const count = page.sheet.rows.length;
      const text = word(root, "closed", { group: group.name, count });
      showToast("toast", { text }, TOAST_STAYS);
      return announce(root, text);
    });

  const undo = () =>
    alone(async () => {
      const closing = await drawClosing();
      if (!closing) return;
      await outbox.save("roll_call_undo", undoBody(page.park, closing));
      // The sheet as it was before the closing: what was marked may be marked again.
      await reopen(() => null);
      showToast("told", { text: word(root, "undone") }, TOAST_STAYS);
      announce(root, word(root, "undone"));
    });

  // ---- keys, taps and typing

  const indexOf = (element) => {
    const tr = element.closest("tr[data-index]");
    return tr ? Number(tr.dataset.index) : -1;
  };

  function whereOf(target) {
    if (target.closest("dialog")) return "dialog";
    if (indexOf(target) >= 0 && target.matches("input")) return MARK_KEYS.has(target.type) ? "row" : "text";
    return target.matches("input") ? "text" : "button";
  }

  function onKey(event) {
    if (event.isComposing && event.target.type !== "radio") return;
    const where = whereOf(event.target);
    if (where === "dialog" || form.hidden) return;
    const typing = event.target.matches("[data-temperature]");
    const found = actOf(event, where);
    if (!found || (found.act === "measure" && typing)) return;
    const index = indexOf(event.target);
    if (found.act === "measure") return focusRow(root, index, { measuring: true });
    event.preventDefault();
    const acts = {
      close,
      find: openFind,
      fill: fillRest,
      // From a button the arrows lead back into the rows.
      up: () => goTo(index < 0 ? page.cursor : index - 1, { measuring: typing }),
      down: () => goTo(index < 0 ? page.cursor : index + 1, { measuring: typing }),
      details: () => (typing ? goTo(index + 1, { measuring: true }) : details(index)),
      mark: () => mark(index, found.mark),
    };
    acts[found.act]();
  }

  function openFind() {
    find.hidden = false;
    find.querySelector("input").focus();
    find.querySelector("input").select();
  }

  function onFind(event) {
    const { value } = event.target;
    const found = sheets.findRow(page.sheet, value, event.type === "keydown" ? page.cursor : page.cursor - 1);
    find.querySelector("[data-find-none]").hidden = found >= 0 || value.trim() === "";
    if (found < 0) return;
    page.cursor = found;
    drawCursor(root, found);
    rowOf(root, found).scrollIntoView({ block: "nearest" });
  }

  find.querySelector("input").addEventListener("input", onFind);
  find.querySelector("input").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") onFind(event);
    else if (event.key === "Enter" || event.key === "Escape") {
      find.hidden = true;
      goTo(page.cursor);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const acts = {
    fill: fillRest,
    undo,
    again: ask,
    details: (button) => details(indexOf(button)),
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button && acts[button.dataset.act]) acts[button.dataset.act](button);
  });
  root.addEventListener("keydown", onKey);
  form.addEventListener("change", (event) => {
    const index = indexOf(event.target);
    if (index >= 0 && event.target.type === "radio") put(sheets.setMark(page.sheet, index, event.target.value), index);
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-temperature]")) {
      const index = indexOf(event.target);
      put(sheets.setTemperature(page.sheet, index, event.target.value), index);
    }
  });
  form.addEventListener("focusin", (event) => {
    const index = indexOf(event.target);
    if (index < 0) return;
    page.cursor = index;
    drawCursor(root, index);
  });
  form.addEventListener("focusout", (event) => {
    if (!event.target.matches("[data-temperature]")) return;
    const index = indexOf(event.target);
    if (index >= 0) queueMicrotask(() => page.sheet && rowOf(root, index) && updateRow(root, rowOf(root, index), page.sheet.rows[index], page.sheet.form));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
  });
  // A toast that is read or held stays.
  ["pointerenter", "focusin"].forEach((name) => toast.addEventListener(name, () => clearTimeout(toastTimer)));
  ["pointerleave", "focusout"].forEach((name) =>
    toast.addEventListener(name, () => (toastTimer = setTimeout(() => (toast.hidden = true), TOAST_STAYS))),
  );

  // ---- what arrives meanwhile

  const answered = (items) =>
    items.filter((item) => item.kind.startsWith("roll_call") && item.state === "received").length;
  let received = null;
  async function follow() {
    const items = await outbox.list();
    const more = received !== null && answered(items) > received;
    received = answered(items);
    if (!page.park) return;
    await drawClosing();
    if (more) await ask();
  }

  async function begin() {
    const kept = await keeping.sheet(asked, clock.now()).catch(() => null);
    if (kept) await take(kept.park, { at: kept.at, fresh: false });
    await follow();
    await ask();
  }

  outbox.subscribe(() => follow());
  api.subscribe(() => follow());
  window.addEventListener("online", () => ask());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && page.park && clock.now() - page.at > OLD_WORD) ask();
  });
  begin();
}
