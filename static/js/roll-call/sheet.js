/** The sheet of a roll call: who is on it and what was marked. Pure; every act gives a new sheet. */
import { readTemperature } from "../check-in/answers.js";

const MARKS = ["well", "symptoms", "absent", "not_asked"];

/** What the park already knows of somebody, as a mark; null for who has still to be called. */
function presetOf(member) {
  if (member.state === "answered") return member.level === "amber" || member.level === "red" ? "symptoms" : "well";
  if (member.state === "absent" || member.state === "on_leave") return "absent";
  return null;
}

const decimal = (value, comma) => (typeof value === "number" ? String(value).replace(".", comma) : "");

function rowOf(member, comma) {
  return {
    badge: member.badge,
    name: member.name,
    by: member.by,
    state: member.state,
    level: member.level || null,
    signs: member.signs || [],
    known_reason: member.reason || "",
    preset: presetOf(member),
    mark: presetOf(member),
    touched: false,
    auto: false,
    temperature: decimal(member.temperature_c, comma),
    measured: false,
    symptoms: [],
    reason: "",
  };
}

const DRAFTED = ["mark", "touched", "auto", "temperature", "measured", "symptoms", "reason"];

/** What a closed sheet that is still on its way says of each badge. */
function closedRows(body, comma) {
  const measured = body.temperatures || {};
  const well = body.well.map((badge) => [badge, { mark: "well", temperature: decimal(measured[badge], comma) }]);
  const rest = body.except.map((line) => [
    line.badge,
    {
      mark: line.state,
      temperature: decimal(line.temperature_c, comma),
      symptoms: line.symptoms || [],
      reason: line.reason || "",
    },
  ]);
  return Object.fromEntries([...well, ...rest].map(([badge, told]) => [badge, { ...told, preset: told.mark }]));
}

/**
 * The sheet that the park told of, with what was marked on this device and not yet closed. `closed` is the
 * body of a closing that the park does not have yet: its marks stand until the park says otherwise.
 */
export function openSheet(park, { draft = null, closed = null, comma = "," } = {}) {
  const marked = (draft && draft.rows) || {};
  const sent = closed ? closedRows(closed, comma) : {};
  const rows = park.members.map((member) => {
    const row = { ...rowOf(member, comma), ...sent[member.badge] };
    const kept = marked[member.badge];
    return kept && (kept.mark === null || MARKS.includes(kept.mark)) ? { ...row, ...kept } : row;
  });
  return { rows, form: park.form };
}

/** What is kept on this device until the sheet is closed: only what somebody marked here. */
export function draftOf(sheet) {
  const touched = sheet.rows.filter((row) => row.touched || row.measured);
  const kept = (row) => Object.fromEntries(DRAFTED.map((name) => [name, row[name]]));
  return { rows: Object.fromEntries(touched.map((row) => [row.badge, kept(row)])) };
}

export const isTouched = (sheet) => sheet.rows.some((row) => row.touched);

/** What a row shows: who was not marked is not asked. */
export const shownMark = (row) => row.mark || "not_asked";

const isOpen = (row) => !row.touched && row.mark === null;

const change = (sheet, index, news) => ({
  ...sheet,
  rows: sheet.rows.map((row, at) => (at === index ? { ...row, ...news } : row)),
});

/** Marking somebody as the park already has them says nothing new. */
export const setMark = (sheet, index, mark) =>
  change(sheet, index, { mark, auto: false, touched: mark !== sheet.rows[index].preset });

/** "All well, except who is marked": whoever nobody spoke of is well. */
export const fillRest = (sheet) => ({
  ...sheet,
  rows: sheet.rows.map((row) => (isOpen(row) ? { ...row, mark: "well", touched: true } : row)),
});

export const countOpen = (sheet) => sheet.rows.filter(isOpen).length;

const isFever = (value, form) => value !== null && value >= form.fever_from_c;

/** What a measured temperature marks by itself, and takes back when it is typed anew; {} for nothing. */
function markOfTemperature(row, value, form) {
  if (isFever(value, form)) return row.mark === "symptoms" ? {} : { mark: "symptoms", auto: true, touched: true };
  if (!row.auto && !isOpen(row)) return {};
  if (value === null) return { mark: row.preset, auto: false, touched: false };
  return { mark: "well", auto: true, touched: row.preset !== "well" };
}

/** A typed temperature: whoever was measured was seen, and a fever is a sign. An unreadable one stays as typed. */
export function setTemperature(sheet, index, text) {
  const row = sheet.rows[index];
  const { value = null } = readTemperature(text, sheet.form.plausible_c);
  const news = { temperature: text, measured: text.trim() !== "" };
  return change(sheet, index, { ...news, ...markOfTemperature(row, value, sheet.form) });
}

/** The typed temperature of a row: `{value}` or `{error}`. What the park told is not measured again. */
export const temperatureOf = (row, form) =>
  row.measured ? readTemperature(row.temperature, form.plausible_c) : { value: null };

export const setDetails = (sheet, index, { symptoms = [], reason = "" }) =>
  change(sheet, index, { symptoms, reason: reason.trim(), touched: true });

/** `{well, symptoms, absent, not_asked}` as the sheet shows them. */
export function countMarks(sheet) {
  const counts = { well: 0, symptoms: 0, absent: 0, not_asked: 0 };
  sheet.rows.forEach((row) => (counts[shownMark(row)] += 1));
  return counts;
}

/** The first row whose temperature cannot be read, or -1. */
export const unreadable = (sheet) =>
  sheet.rows.findIndex((row) => Boolean(temperatureOf(row, sheet.form).error));

const fold = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/đ/giu, "d")
    .toLowerCase()
    .trim();

/** The next row after `from` whose name or badge holds every word, or -1. */
export function findRow(sheet, text, from = -1) {
  const words = fold(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return -1;
  const order = sheet.rows.map((_, at) => (from + 1 + at) % sheet.rows.length);
  const fits = ({ name, badge }) => words.every((each) => fold(`${name} ${badge}`).includes(each));
  const found = order.find((at) => fits(sheet.rows[at]));
  return found === undefined ? -1 : found;
}

function exceptOf(row, form) {
  const line = { badge: row.badge, state: row.mark };
  if (row.mark === "symptoms") {
    const { value = null } = temperatureOf(row, form);
    Object.assign(line, { symptoms: row.symptoms }, value === null ? {} : { temperature_c: value });
  }
  return row.reason ? { ...line, reason: row.reason } : line;
}

/**
 * The body of the command: what was marked here, and who was shown without a mark as not asked. Whoever is in
 * neither list was not on this sheet, or stands as the park already has them.
 */
export function rollCallBody(park, sheet) {
  const marked = sheet.rows
    .filter((row) => row.touched || isOpen(row))
    .map((row) => ({ ...row, mark: shownMark(row) }));
  const well = marked.filter((row) => row.mark === "well");
  const measured = well
    .map((row) => [row.badge, temperatureOf(row, sheet.form).value])
    .filter(([, value]) => value !== null && value !== undefined);
  return {
    group: park.group.id,
    shift_on: park.shift.on,
    shift: park.shift.code,
    well: well.map((row) => row.badge),
    except: marked.filter((row) => row.mark !== "well").map((row) => exceptOf(row, sheet.form)),
    ...(measured.length > 0 ? { temperatures: Object.fromEntries(measured) } : {}),
  };
}

const OPENS_BEFORE = 2 * 3_600_000;

/** Of kept sheets of a group the one to call now: the shift that runs or begins soon, else the next, else the last. */
export function sheetToCall(parks, now) {
  const known = parks
    .filter((park) => park.shift)
    .map((park) => ({ park, starts: Date.parse(park.shift.starts_at), ends: Date.parse(park.shift.ends_at) }))
    .sort((one, other) => one.starts - other.starts);
  const current = known.filter(({ starts, ends }) => starts - OPENS_BEFORE <= now && now < ends);
  const coming = known.filter(({ starts }) => starts > now);
  const chosen = current[current.length - 1] || coming[0] || known[known.length - 1];
  return chosen ? chosen.park : null;
}
