/** The page of a lost network: what opens here for whoever is signed in. Bound to data-module="offline-page". */
import { outbox, session } from "../outbox/page.js";
import { worded } from "../slots.js";

/** Whether a page for these roles ("" is everybody's) is offered to somebody with those. */
export const isOffered = (wanted, roles) => {
  const named = wanted.split(" ").filter(Boolean);
  return named.length === 0 || roles.length === 0 || named.some((role) => roles.includes(role));
};

export function bind(root) {
  async function showWaiting() {
    const count = await outbox.countUnsent();
    const told = root.querySelector("[data-waiting]");
    const words = told.querySelector("[data-count-pattern]");
    words.textContent = worded(words.dataset.countPattern, { count });
    told.hidden = count === 0;
  }

  async function showOffered() {
    const current = await session.current();
    const roles = (current && current.roles) || [];
    root.querySelectorAll("[data-roles]").forEach((row) => (row.hidden = !isOffered(row.dataset.roles, roles)));
  }

  root.querySelector("[data-act=again]").addEventListener("click", () => window.location.reload());
  outbox.subscribe(() => showWaiting().catch(() => {}));
  showWaiting().catch(() => {});
  showOffered().catch(() => {});
}
