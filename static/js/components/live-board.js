/**
 * Keeps an open board fresh. Its figures are asked for every moment: the park answers "nothing new" without drawing
 * anything, and draws the figures alone when there is. The whole board, with the people it names, is fetched when they
 * changed, and now and then. Nothing is replaced under the hands of somebody who is busy in it.
 */

const EVERY_MS = 1_200;
const LOST_EVERY_MS = 4_000;
const PATIENCE_MS = 8_000;
// Somebody new at red shows in the figures at once, and by name as soon as the last whole look is this old.
const WHOLE_AFTER_PEOPLE_MS = 4_000;
const WHOLE_AFTER_CHANGE_MS = 15_000;
const WHOLE_EVERY_MS = 60_000;
const EDITED = "details[open], dialog[open], input:focus, select:focus, textarea:focus";
const HEADERS = { "X-Refresh": "board" };

const isSelecting = (part) => {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode);
};

/** What tells a link or button from the others of the page, also after the swap: where it leads, as figures in it change. */
const leadsTo = (element) => element.getAttribute("href") || element.closest("form")?.getAttribute("action") || element.textContent.trim();
const nameOf = (element) => `${element.tagName} ${leadsTo(element)}`;

/** Puts fresh content in place of the old: what has the focus keeps it, what was scrolled aside stays so. */
function swap(old, fresh) {
  const held = old.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  const aside = Array.from(old.querySelectorAll(".scroll"), (part) => part.scrollLeft);
  old.replaceChildren(...fresh.childNodes);
  old.querySelectorAll(".scroll").forEach((part, place) => (part.scrollLeft = aside[place] || 0));
  if (held === null) return;
  const same = Array.from(old.querySelectorAll("a, button, summary, [tabindex]")).find((each) => nameOf(each) === held);
  if (same) same.focus({ preventScroll: true });
}

const partsOf = (place) => Array.from(place.querySelectorAll("[data-part]"));
const read = (text) => new DOMParser().parseFromString(text, "text/html");

const ask = (address, headers) => fetch(address, { headers: { ...HEADERS, ...headers }, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);

export function bind(board) {
  const stale = document.querySelector("[data-stale]");
  const told = document.querySelector("[data-say]");
  const clock = document.querySelector("[data-as-of]");
  let { mark, people } = board.dataset;
  let said = null;
  let wholeAt = Date.now() - WHOLE_AFTER_PEOPLE_MS;
  let changedSince = false;

  const isBusy = () => board.querySelector(EDITED) !== null || isSelecting(board);

  function put(page) {
    for (const fresh of partsOf(page)) {
      const old = document.querySelector(`[data-part="${fresh.dataset.part}"]`);
      if (old && !isSelecting(old)) swap(old, fresh);
      if (fresh.dataset.say) say(fresh.dataset.say);
    }
  }

  /** Only a change is told, and the first figures are none. */
  function say(text) {
    if (said !== null && said !== text) told.textContent = text;
    said = text;
  }

  async function fetchWhole() {
    if (isBusy()) return;
    const answer = await ask(window.location.href);
    if (!answer || !answer.ok || answer.redirected || isBusy()) return;
    const page = read(await answer.text());
    const fresh = page.querySelector('[data-module="live-board"]');
    if (!fresh || isBusy()) return;
    ({ mark, people } = fresh.dataset);
    swap(board, fresh);
    put(page);
    const now = page.querySelector("[data-as-of]");
    if (clock && now) clock.textContent = now.textContent;
    wholeAt = Date.now();
    changedSince = false;
  }

  async function look() {
    const answer = await ask(board.dataset.live, mark ? { "If-None-Match": `"${mark}"` } : {});
    if (answer && (answer.redirected || answer.status === 401)) {
      window.location.reload();
      return LOST_EVERY_MS;
    }
    const heard = Boolean(answer && (answer.ok || answer.status === 304));
    if (stale) stale.hidden = heard;
    if (!heard) return LOST_EVERY_MS;
    if (clock) clock.textContent = answer.headers.get("X-As-Of") || clock.textContent;
    if (answer.ok) {
      put(read(await answer.text()));
      mark = (answer.headers.get("ETag") || "").replace(/^W\//, "").replaceAll('"', "");
      changedSince = true;
    }
    const age = Date.now() - wholeAt;
    const others = answer.headers.get("X-People") !== people;
    if ((others && age > WHOLE_AFTER_PEOPLE_MS) || age > WHOLE_EVERY_MS || (changedSince && age > WHOLE_AFTER_CHANGE_MS)) await fetchWhole();
    return EVERY_MS;
  }

  let waiting = null;
  let looking = false;

  async function goOn() {
    if (looking) return;
    clearTimeout(waiting);
    looking = true;
    const wait = document.hidden ? EVERY_MS : await look().catch(() => LOST_EVERY_MS);
    looking = false;
    if (!document.hidden) waiting = setTimeout(goOn, wait);
  }

  document.addEventListener("visibilitychange", goOn);
  goOn();
}
