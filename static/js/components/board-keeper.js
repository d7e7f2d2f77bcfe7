/** Keeps a closed copy of the board that is looked at, for when the park is away. Bound to data-module="board-keeper". */
import { api, clock, session } from "../outbox/page.js";

const EVERY = 5 * 60_000;

export function bind(mark) {
  async function keep() {
    // Where nothing can be closed, over plain HTTP, nothing is asked for.
    if (document.visibilityState !== "visible" || !(await session.cipher())) return;
    const reply = await api.call(`/api/v1/today?company=${encodeURIComponent(mark.dataset.company)}`);
    if (reply.ok) await session.keep("board", reply.json, { at: clock.now(), serial: reply.serial });
    mark.dataset.kept = reply.ok ? "yes" : "no";
  }

  setInterval(() => keep().catch(() => {}), EVERY);
  keep().catch(() => {});
}
