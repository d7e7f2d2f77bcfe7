/** The two big answers and the questions behind the second one. */
import { view } from "../slots.js";
import { asksForNote, formAnswers, readTemperature, steppedTemperature, wellAnswers } from "./answers.js";

const decimal = (value, language) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 2, useGrouping: false }).format(value);

const rows = (form) => ({
  symptoms: form.symptoms.map(({ id, text, picture }) => ({ id, text, picture: picture || "pic-other" })),
  exposures: form.exposures.map(({ id, text }) => ({ text, id, field: `exposure-${id}`, legend_id: `question-${id}` })),
});

function readFilled(root) {
  const checked = Array.from(root.querySelectorAll("input:checked"));
  const radios = checked.filter((input) => input.type === "radio");
  return {
    symptoms: checked.filter((input) => input.type === "checkbox").map((input) => input.value),
    temperature: root.querySelector("[data-temperature]").value,
    note: root.querySelector("[data-note]").value,
    exposures: Object.fromEntries(radios.map((input) => [input.name.replace(/^exposure-/, ""), input.value])),
  };
}

function placeError(box, text, described) {
  const error = box.querySelector("[data-error]");
  error.querySelector("[data-error-text]").textContent = text;
  error.hidden = false;
  described.forEach((element) => element.setAttribute("aria-invalid", "true"));
}

function clearError(box) {
  const error = box.querySelector("[data-error]");
  if (!error || error.hidden) return;
  error.hidden = true;
  [box, ...box.querySelectorAll("[aria-invalid]")].forEach((element) => element.removeAttribute("aria-invalid"));
}

function showErrors(root, errors) {
  root.querySelectorAll("[data-field]").forEach(clearError);
  let first = null;
  for (const { field, code } of errors) {
    const box = Array.from(root.querySelectorAll("[data-field]")).find((one) => one.dataset.field === field);
    const input = box.querySelector("input");
    const text = root.querySelector(`template[data-error-word="${code}"]`).content.textContent.trim();
    placeError(box, text, field === "temperature" ? [input] : [box]);
    first = first || input;
  }
  if (first) {
    first.focus();
    first.closest("[data-field]").scrollIntoView({ block: "center" });
  }
}

function bindTemperature(root, form, language) {
  const input = root.querySelector("[data-temperature]");
  const hint = root.querySelector("[data-fever-hint]");
  const tell = () => {
    const { value = null } = readTemperature(input.value, form.plausible_c);
    const fever = value !== null && value >= form.fever_from_c;
    hint.classList.toggle("is-watch", fever);
    hint.classList.toggle("tone-ink", fever);
    hint.classList.toggle("muted", !fever);
    hint.querySelector(".glyph").toggleAttribute("hidden", !fever);
  };
  input.addEventListener("input", tell);
  root.querySelectorAll("[data-step]").forEach((button) =>
    button.addEventListener("click", () => {
      input.value = decimal(steppedTemperature(input.value, Number(button.dataset.step), form.plausible_c), language);
      clearError(input.closest("[data-field]"));
      tell();
    }),
  );
  tell();
}

/** One tap answers "no" to every question that is still open; what was answered stays. */
function bindRest(root) {
  root.querySelector("[data-rest-no]").addEventListener("click", () => {
    root.querySelectorAll("fieldset[data-field]").forEach((box) => {
      if (box.querySelector("input:checked")) return;
      box.querySelector('input[value="no"]').checked = true;
      clearError(box);
    });
  });
}

/** Pictures come with the questions, not with the page: who is well never needs them. */
function bindPictures(root) {
  const more = root.querySelector("details");
  const sprite = root.querySelector("[data-pictures]").dataset.href;
  const come = () => {
    if (!more.open) return;
    root.querySelectorAll("use[data-picture]:not([href])").forEach((use) => use.setAttribute("href", `${sprite}#${use.dataset.picture}`));
  };
  more.addEventListener("toggle", come);
  come();
}

/** The filled form; `onAnswers(answers)` is called once for a green tap or a complete form. */
export function drawForm(page, { values, form, open, language, onAnswers }) {
  const fever = decimal(form.fever_from_c, language);
  const piece = view(page, "to_answer", {
    ...values,
    ...rows(form),
    well_means: form.well_means.text,
    days: form.lookback_days,
    fever,
  });
  const root = piece.querySelector("form");
  root.querySelector("details").open = open;
  bindPictures(root);
  bindTemperature(root, form, language);
  bindRest(root);
  root.addEventListener("change", (event) => {
    root.querySelector("[data-note-field]").hidden = !asksForNote(readFilled(root).symptoms, form);
    const box = event.target.closest("[data-field]");
    if (box) clearError(box);
  });
  root.querySelector("[data-well]").addEventListener("click", () => onAnswers(wellAnswers(form)));
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const { answers, errors } = formAnswers(readFilled(root), form);
    if (errors) showErrors(root, errors);
    else onAnswers(answers);
  });
  return piece;
}

/** Whether somebody is in the middle of answering. */
export const isOpen = (root) => Boolean(root.querySelector("form[data-check-in] details[open]"));

