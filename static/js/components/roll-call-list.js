/** Keeps the sheets of a leader's groups on this machine before the network goes. Bound to data-module="roll-call-list". */
import { api, clock, session } from "../outbox/page.js";
import { createKeeping } from "../roll-call/keeping.js";

const MOST = 6;
const FRESH_FOR = 15 * 60_000;

export function bind(root) {
  const keeping = createKeeping({ session, clock });
  const asked = Array.from(root.querySelectorAll("[data-group]"), (row) => row.dataset.group);

  // An officer has a hundred groups and opens what is needed; a leader has a few and may lose the network.
  async function keepAll() {
    if (asked.length > MOST || !(await session.current())) return;
    const kept = await keeping.sheets(clock.now());
    const fresh = (group) => kept.some(({ park, at }) => park.group.id === group && clock.now() - at < FRESH_FOR);
    for (const group of asked.filter((each) => !fresh(each))) {
      const reply = await api.call(`/api/v1/groups/${encodeURIComponent(group)}/roll-call`);
      if (reply.ok) await keeping.keepSheet(reply.json, reply.serial);
    }
  }

  keepAll().then(
    () => (root.dataset.kept = ""),
    () => {},
  );
}
