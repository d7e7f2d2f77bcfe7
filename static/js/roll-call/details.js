/** The questions behind a mark: which signs, or why somebody is not there. */
import { ask } from "../components/dialog.js";
import { view } from "../slots.js";
import { shownMark } from "./sheet.js";

function nameIt(dialog, row) {
  dialog.querySelector("[data-details-name]").textContent = row.name;
}

async function askSigns(root, row, form) {
  const dialog = root.querySelector("#details-signs");
  nameIt(dialog, row);
  const box = dialog.querySelector("[data-signs]");
  const signs = form.symptoms.filter(({ free_text: free }) => !free);
  box.replaceChildren(...signs.map((sign) => view(root, "sign", sign)));
  box.querySelectorAll("input").forEach((input) => (input.checked = row.symptoms.includes(input.value)));
  const [celsius, more] = ["#signs-celsius", "#signs-more"].map((name) => dialog.querySelector(name));
  celsius.value = row.temperature;
  more.value = row.reason;
  if (!(await ask(dialog))) return null;
  const chosen = Array.from(box.querySelectorAll("input:checked"), (input) => input.value);
  const told = { symptoms: chosen, reason: more.value };
  return celsius.value === row.temperature ? told : { ...told, temperature: celsius.value };
}

async function askReason(root, row) {
  const dialog = root.querySelector("#details-reason");
  nameIt(dialog, row);
  const usual = Array.from(dialog.querySelectorAll("input[type=radio]"));
  const other = dialog.querySelector("#reason-other");
  usual.forEach((input) => (input.checked = input.value === row.reason));
  other.value = usual.some((input) => input.checked) ? "" : row.reason;
  if (!(await ask(dialog))) return null;
  const chosen = usual.find((input) => input.checked);
  return { symptoms: row.symptoms, reason: other.value.trim() || (chosen ? chosen.value : "") };
}

/** Asks what belongs to the mark of a row: `{symptoms, reason, temperature?}`, or null when left. */
export function askDetails(root, row, form) {
  const mark = shownMark(row);
  if (mark === "well") return Promise.resolve(null);
  return mark === "symptoms" ? askSigns(root, row, form) : askReason(root, row);
}
