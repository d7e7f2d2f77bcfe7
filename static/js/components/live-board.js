/** Keeps a board fresh: fetches its own page again and swaps the figures, unless somebody is busy in it. */

const EVERY_MS = 20_000;
const EDITED = "details[open], dialog[open], input:focus, select:focus, textarea:focus";
const HEAD = [".head .sub", ".head .segmented"];

const isSelecting = (board) => {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && board.contains(selection.anchorNode);
};

/** What tells a link or button from the others of the page, also after the swap. */
const nameOf = (element) => `${element.tagName} ${element.getAttribute("href") || ""} ${element.textContent.trim()}`;

function swap(old, fresh) {
  const held = old.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  const aside = Array.from(old.querySelectorAll(".scroll"), (part) => part.scrollLeft);
  old.replaceChildren(...fresh.childNodes);
  old.querySelectorAll(".scroll").forEach((part, place) => (part.scrollLeft = aside[place] || 0));
  if (held === null) return;
  const same = Array.from(old.querySelectorAll("a, button, summary, [tabindex]")).find((each) => nameOf(each) === held);
  if (same) same.focus({ preventScroll: true });
}

export function bind(board) {
  const stale = document.querySelector("[data-stale]");
  const isBusy = () => document.hidden || board.querySelector(EDITED) !== null || isSelecting(board);

  async function refresh() {
    if (isBusy()) return;
    const answer = await fetch(window.location.href, { headers: { "X-Refresh": "board" } }).catch(() => null);
    if (answer && answer.redirected) return window.location.reload();
    if (stale) stale.hidden = Boolean(answer && answer.ok);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('[data-module="live-board"]');
    if (!fresh || isBusy()) return;
    swap(board, fresh);
    for (const selector of HEAD) {
      const [old, now] = [document, page].map((each) => each.querySelector(selector));
      if (old && now) swap(old, now);
    }
  }

  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
}
