/** The values that the sentences of the roll call take. Pure; no words. */
import { dayText, momentText } from "../check-in/values.js";
import { statedOffset, wallClock } from "../outbox/moment.js";
import { closingOf, mayUndo } from "./outcome.js";

/** "Thứ Ba" of `2021-11-09`, in the page's language. */
const weekday = (day, language) =>
  new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

const capital = (text) => text[0].toUpperCase() + text.slice(1);

const initials = (name) => {
  const words = name.split(" ").filter(Boolean);
  return [...new Set([words[0], words[words.length - 1]])].map((each) => each[0]).join("").toUpperCase();
};

export const zoneOf = (park) => statedOffset(park.shift && park.shift.starts_at) || 420;

/** Everything of the head of the sheet. */
export function headValues(park, language) {
  const { shift, group, company, leader } = park;
  const zone = zoneOf(park);
  return {
    group: group.name,
    company: company.name,
    leader,
    initials: initials(leader),
    shift: shift && shift.text,
    day: shift && `${capital(weekday(shift.on, language))} ${dayText(shift.on)}/${shift.on.slice(0, 4)}`,
    starts: shift && wallClock(shift.starts_at, zone).time,
    ends: shift && wallClock(shift.ends_at, zone).time,
    people: park.members.length,
  };
}

/** The other shifts of these days, as links. */
export const shiftLinks = (park) =>
  park.shifts.map((each) => ({
    text: each.text,
    day: dayText(each.on),
    address: `?on=${each.on}&shift=${each.code}`,
    current: each.on === park.shift.on && each.code === park.shift.code,
  }));

const SAID = { well: "said_well", symptoms: "said_signs", absent: "said_absent", not_asked: "said_not_asked" };

function heldOf({ state, level }) {
  if (state === "answered") return { [`held_${level || "green"}`]: true };
  return state ? { [`held_${state}`]: true } : { held_nothing: true };
}

const conflictOf = (line) => ({ name: line.name, [SAID[line.said]]: true, ...heldOf(line), [line.reason]: true });

/** The card above the rows: who closed the sheet, where it is, what was kept against it. */
export function closingValues(closing, park) {
  if (!closing) return null;
  const zone = zoneOf(park);
  const usualDay = park.shift.on;
  const conflicts = closing.conflicts || [];
  const own = closing.own || [];
  const undone = Boolean(closing.undo);
  return {
    by: closing.by,
    made_at: momentText(closing.made_at, zone, usualDay),
    received_at: closing.received_at ? momentText(closing.received_at, zone, usualDay) : null,
    waiting: closing.state === "saved" && !undone,
    received: closing.state === "received" && !undone,
    refused: closing.state === "refused" && !undone,
    message: closing.message,
    undone: undone && closing.undo.state === "received",
    undo_waiting: undone && closing.undo.state === "saved",
    undo_refused: closing.undo_refused,
    undo_left: undone && closing.undo.result ? closing.undo.result.left.length || null : null,
    may_undo: mayUndo(closing),
    key: closing.key,
    own: undone ? null : own.length || null,
    differ: undone ? null : conflicts.length || null,
    conflicts: undone ? [] : conflicts.map(conflictOf),
    newcomers: undone || !closing.newcomers ? null : closing.newcomers.join(", ") || null,
  };
}

/** One line for each kept sheet: whose it is, of which shift, as of when, and whether it is closed here. */
export const keptValues = (kept, items) =>
  kept.map(({ park, at }) => {
    const closing = closingOf(park, items);
    return {
      ...headValues(park, "vi"),
      id: park.group.id,
      usual: dayText(park.shift.on),
      at: momentText(at, zoneOf(park), park.shift.on),
      waiting: Boolean(closing) && closing.state === "saved" && !closing.undo,
      closed_by: closing && closing.state === "received" && !closing.undo ? closing.by : null,
    };
  });
