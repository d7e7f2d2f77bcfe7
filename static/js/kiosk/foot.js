/** What the foot of the kiosk says of the road: counts alone, nobody's name. Pure. */
import { wallClock } from "../outbox/moment.js";

/** `items` are the kiosk's kept actions; `reachable` is null before any try. */
export function footValues(items, { name, reachable, now, eastMinutes, mayLeave }) {
  const waiting = items.filter((item) => item.state === "saved").length;
  const returned = items.filter((item) => item.state === "refused" && !item.dismissed_at).length;
  return {
    name,
    time: wallClock(now, eastMinutes).time,
    waiting: waiting || null,
    offline: reachable === false,
    all_sent: waiting === 0 && reachable === true,
    returned: returned || null,
    may_leave: mayLeave,
  };
}
