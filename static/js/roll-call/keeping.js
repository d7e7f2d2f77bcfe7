/** Sheets and marks kept on this device for whoever is signed in, closed by the session's key. */
import { sheetToCall } from "./sheet.js";

const SHEETS = "roll_sheets";
const DRAFTS = "roll_drafts";
const MOST_SHEETS = 12;
const MOST_DRAFTS = 12;

const draftKey = (park) => `${park.group.id}|${park.shift.on}|${park.shift.code}`;

/** ports: session (outbox/session.js), clock. */
export function createKeeping({ session, clock }) {
  async function all(name) {
    const kept = await session.kept(name);
    return (kept && kept.value) || {};
  }

  async function keep(name, value, serial) {
    const current = serial === undefined ? await session.current() : { serial };
    if (current) await session.keep(name, value, { at: clock.now(), serial: current.serial });
  }

  /** The newest first, no more than `most`. */
  const trimmed = (entries, most) =>
    Object.fromEntries(
      Object.entries(entries)
        .sort(([, one], [, other]) => other.at - one.at)
        .slice(0, most),
    );

  /** Keeps what the park told of a sheet. */
  async function keepSheet(park, serial) {
    if (!park.shift) return;
    const kept = { ...(await all(SHEETS)), [draftKey(park)]: { park, at: clock.now() } };
    await keep(SHEETS, trimmed(kept, MOST_SHEETS), serial);
  }

  /** The kept sheet of what was asked for: `{park, at}` or null. */
  async function sheet({ group, on, shift }, now) {
    const own = Object.values(await all(SHEETS)).filter(
      ({ park }) =>
        park.group.id === group && (!on || park.shift.on === on) && (!shift || park.shift.code === shift),
    );
    const park = sheetToCall(own.map((each) => each.park), now);
    return own.find((each) => each.park === park) || null;
  }

  /** Of every group with a kept sheet the one to call now: `[{park, at}]` by name. */
  async function sheets(now) {
    const kept = Object.values(await all(SHEETS));
    const groups = [...new Set(kept.map(({ park }) => park.group.id))];
    const chosen = groups.map((id) => sheetToCall(kept.map(({ park }) => park).filter(({ group }) => group.id === id), now));
    return kept
      .filter(({ park }) => chosen.includes(park))
      .sort((one, other) => one.park.group.name.localeCompare(other.park.group.name, "vi", { numeric: true }));
  }

  const draft = async (park) => (park.shift && (await all(DRAFTS))[draftKey(park)]) || null;

  async function keepDraft(park, marked) {
    const kept = { ...(await all(DRAFTS)), [draftKey(park)]: { ...marked, at: clock.now() } };
    await keep(DRAFTS, trimmed(kept, MOST_DRAFTS));
  }

  async function dropDraft(park) {
    const { [draftKey(park)]: gone, ...rest } = await all(DRAFTS);
    if (gone) await keep(DRAFTS, rest);
  }

  return { keepSheet, sheet, sheets, draft, keepDraft, dropDraft };
}
