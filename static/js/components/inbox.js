/** The worker's messages; "I have read it" goes through the outbox. Bound to data-module="inbox". */
import { announce, followRoad, showUnread } from "../frame.js";
import { mailbox } from "../inbox/mailbox.js";
import { fullMoment } from "../my-record/record.js";
import { api, clock, outbox, session } from "../outbox/page.js";
import { view as piece } from "../slots.js";

const OLD_WORD = 60_000;
const SHOWN = 20;

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  const page = { messages: null, asOf: null, askedAt: 0, failed: false, drawn: null, most: SHOWN };

  async function ask() {
    const reply = await api.call("/api/v1/inbox");
    if (reply.ok) {
      Object.assign(page, { messages: reply.json, askedAt: clock.now(), failed: false });
      page.asOf = page.askedAt + ((await api.clockOffset()) || 0);
      await session.keep("inbox", reply.json, { at: page.asOf, serial: reply.serial }).catch(() => {});
    } else page.failed = true;
    await draw();
  }

  async function nextScreen() {
    if (!(await session.current())) return { screen: "signed_out" };
    if (!page.messages) return page.failed ? { screen: "unreachable" } : null;
    const now = clock.now() + ((await api.clockOffset()) || 0);
    const when = { now, eastMinutes: clock.eastMinutes(now) };
    const box = mailbox(page.messages, await outbox.list(), when, page.most);
    const as_of = page.failed ? fullMoment(page.asOf, clock.eastMinutes(now)) : null;
    return { screen: "messages", ...box, any_read: box.days.length > 0, as_of };
  }

  async function draw() {
    const next = await nextScreen();
    const told = JSON.stringify(next);
    if (!next || told === page.drawn) return;
    page.drawn = told;
    outlet.replaceChildren(piece(root, next.screen, next));
    outlet.removeAttribute("aria-busy");
    if (next.unread) showUnread(next.unread.length);
  }

  /** The next message to read gets the focus, else the heading. */
  async function markRead(button) {
    if (button.disabled) return;
    button.disabled = true;
    try {
      await outbox.save("message_read", { message: button.dataset.key });
    } catch {
      button.disabled = false;
      button.before(piece(root, "not_saved", {}));
      return;
    }
    await draw();
    const target = outlet.querySelector("[data-act=read]") || outlet.querySelector("h1");
    target.tabIndex = target.tagName === "H1" ? -1 : 0;
    target.focus();
    announce(root, root.querySelector('template[data-word="marked"]').content.textContent.trim());
  }

  /** The focus goes to the first message that was not shown before. */
  async function showMore() {
    const shown = page.most;
    page.most = Infinity;
    await draw();
    outlet.querySelectorAll("summary")[shown].focus();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const { act } = button.dataset;
    if (act === "read") markRead(button);
    else if (act === "more") showMore();
    else ask();
  });

  async function begin() {
    const kept = await session.kept("inbox").catch(() => null);
    if (kept) Object.assign(page, { messages: kept.value, asOf: kept.at });
    await draw();
    if (await session.current()) await ask();
  }

  followRoad(api);
  outbox.subscribe(() => draw());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && clock.now() - page.askedAt > OLD_WORD) ask();
  });
  begin();
}

