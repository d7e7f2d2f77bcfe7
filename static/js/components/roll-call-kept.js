/** The groups whose sheets this machine keeps, while the park is not reached. Bound to data-module="roll-call-kept". */
import { api, clock, outbox, session } from "../outbox/page.js";
import { createKeeping } from "../roll-call/keeping.js";
import { keptValues } from "../roll-call/values.js";
import { view } from "../slots.js";

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  const keeping = createKeeping({ session, clock });

  async function draw() {
    const items = await outbox.list();
    if (!(await session.current())) return outlet.replaceChildren(view(root, "signed_out", {}));
    const groups = keptValues(await keeping.sheets(clock.now()), items);
    const piece = view(root, "groups", { groups, empty: groups.length === 0 });
    piece.querySelectorAll("[data-link]").forEach((link, at) => {
      link.setAttribute("href", `/groups/${encodeURIComponent(groups[at].id)}/roll-call`);
    });
    outlet.removeAttribute("aria-busy");
    return outlet.replaceChildren(piece);
  }

  outbox.subscribe(draw);
  api.subscribe(draw);
  draw();
}
