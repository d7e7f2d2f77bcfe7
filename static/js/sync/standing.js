/** How this machine stands with the park, in values for the pill and for the page of what waits. */
import { statedOffset, wallClock } from "../outbox/moment.js";

const dayText = (day) => `${day.slice(8)}/${day.slice(5, 7)}`;

/** "10:32", and on another day "10:32, 09/11"; null for no moment. A text that states an offset keeps it. */
export function timeText(at, now, eastMinutes) {
  const stated = typeof at === "string" ? statedOffset(at) : null;
  const east = stated === null ? eastMinutes : stated;
  const clock = wallClock(at, east);
  if (!clock) return null;
  const today = wallClock(now, east).day;
  return clock.day === today ? clock.time : `${clock.time}, ${dayText(clock.day)}`;
}

/**
 * The one thing the pill says: {word, cloud, off, count, time}. `reachable` null is not known yet, `contactAt` when the
 * park last answered this machine.
 */
export function pillOf({ reachable, authorised, sending, waiting, refused, contactAt }, now, eastMinutes) {
  const time = timeText(contactAt, now, eastMinutes);
  const count = waiting;
  if (reachable === false) return { word: time ? "offline_since" : "offline", cloud: "lost", off: true, time, count };
  if (authorised === false && waiting > 0) return { word: "signed_off", cloud: "moving", off: true, time, count };
  if (sending && waiting > 0) return { word: "sending", cloud: "moving", off: false, time, count };
  if (refused > 0) return { word: "refused", cloud: "moving", off: true, time, count: refused };
  if (waiting > 0) return { word: "waiting", cloud: "moving", off: true, time, count };
  return { word: time ? "synced" : "unknown", cloud: time ? "still" : "moving", off: false, time, count };
}
