/** The rows of a roll call on the page, and what changes in them. Words come from the page. */
import { view, word } from "../slots.js";
import { shownMark, temperatureOf } from "./sheet.js";

const HALVES = 2;
const IN_HALVES_FROM = 12;

// SpO2 stays as it is.
const lowered = (text) => (/^\p{L}{1,2}\p{Lu}/u.test(text) ? text : text[0].toLowerCase() + text.slice(1));

/** What stands beside a name: signs, a reason, or what may still be written there; null for nothing. */
function noteOf(root, row, form) {
  const mark = shownMark(row);
  if (mark === "symptoms") {
    const named = form.symptoms.filter(({ id }) => row.symptoms.includes(id)).map(({ text }) => lowered(text));
    const told = [...(named.length > 0 ? named : row.signs), ...(row.reason ? [row.reason] : [])];
    return told.join(", ") || word(root, "add_signs");
  }
  if (mark === "absent") {
    const known = row.state === "on_leave" ? word(root, "on_leave") : row.known_reason;
    return row.reason || known || word(root, "add_reason");
  }
  return row.touched ? row.reason || null : null;
}

const inputs = (tr) => Array.from(tr.querySelectorAll("input[type=radio]"));

export const rowOf = (root, index) => root.querySelector(`tr[data-index="${index}"]`);

export const temperatureIn = (tr) => tr.querySelector("[data-temperature]");

export const markIn = (tr) => inputs(tr).find((input) => input.checked) || inputs(tr)[0];

/** Puts one row as the sheet has it; what is being typed stays. */
export function updateRow(root, tr, row, form) {
  const mark = shownMark(row);
  inputs(tr).forEach((input) => (input.checked = input.value === mark));
  const temperature = temperatureIn(tr);
  if (document.activeElement !== temperature) temperature.value = row.temperature;
  const bad = Boolean(temperatureOf(row, form).error) && document.activeElement !== temperature;
  temperature.classList.toggle("input-bad", bad);
  temperature.toggleAttribute("aria-invalid", bad);
  const note = tr.querySelector("[data-note]");
  const text = noteOf(root, row, form);
  note.hidden = text === null;
  tr.querySelector("[data-note-text]").textContent = text || "";
}

function drawRow(root, row, index, form) {
  const piece = view(root, "row", {
    number: index + 1,
    name: row.name,
    own: row.by === "own",
    group: `mark-${index}`,
    name_id: `name-${index}`,
    temperature_label: `celsius name-${index}`,
    note_label: `name-${index} note-${index}`,
    note_id: `note-${index}`,
  });
  const tr = piece.querySelector("tr");
  tr.dataset.index = index;
  updateRow(root, tr, row, form);
  return piece;
}

/** Draws everybody into the two halves of the sheet; short ones stand in one. */
export function drawRows(root, sheet) {
  const bodies = Array.from(root.querySelectorAll("[data-rows]"));
  const halves = sheet.rows.length >= IN_HALVES_FROM ? HALVES : 1;
  const each = Math.ceil(sheet.rows.length / halves);
  bodies.forEach((body, half) => {
    const from = half * each;
    const rows = half < halves ? sheet.rows.slice(from, from + each) : [];
    body.replaceChildren(...rows.map((row, at) => drawRow(root, row, from + at, sheet.form)));
    body.closest("table").hidden = rows.length === 0;
    const caption = body.closest("table").querySelector("caption");
    caption.textContent = word(root, "rows", { from: from + 1, to: from + rows.length });
  });
  root.querySelector("[data-halves]").classList.toggle("halves", halves > 1);
}

/** The counts in the dock and on the button that calls the rest well. */
export function drawCounts(root, counts, open) {
  Object.entries(counts).forEach(([mark, count]) => {
    root.querySelectorAll(`[data-count="${mark}"]`).forEach((slot) => (slot.textContent = count));
  });
  const fill = root.querySelector("[data-act=fill]");
  fill.hidden = open === 0;
  fill.querySelector("[data-open]").textContent = open;
}

/** Marks the row in which the keys act. */
export function drawCursor(root, index) {
  root.querySelectorAll("tr.cursor").forEach((tr) => tr.classList.remove("cursor"));
  const tr = rowOf(root, index);
  if (tr) tr.classList.add("cursor");
}

/** Puts the keys into a row: on its mark, or on its temperature when `measuring`. */
export function focusRow(root, index, { measuring = false } = {}) {
  const tr = rowOf(root, index);
  if (!tr) return;
  (measuring ? temperatureIn(tr) : markIn(tr)).focus();
  tr.scrollIntoView({ block: "nearest" });
}
