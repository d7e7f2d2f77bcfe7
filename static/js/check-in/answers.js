/** What a worker filled in, as the answers of a check-in command or as errors by field. */

const TYPED = /^\d{2,3}(?:[.,]\d{1,2})?$/;
const USUAL = 36.5;

/** What one green tap says: no signs, not measured, and "no" to exactly the questions its sentence names. */
export function wellAnswers(form) {
  const exposures = Object.fromEntries(form.well_means.exposures.map((id) => [id, false]));
  return { symptoms: [], temperature_c: null, exposures };
}

/** `{value}` in °C or null when left empty, or `{error}`: "unreadable" or "implausible". */
export function readTemperature(text, [lowest, highest]) {
  const typed = String(text || "").replace(/\s|°\s*c?$|độ$/giu, "");
  if (typed === "") return { value: null };
  if (!TYPED.test(typed)) return { error: "unreadable" };
  const value = Number(typed.replace(",", "."));
  return value < lowest || value > highest ? { error: "implausible" } : { value };
}

/** The next step of 0.1 °C from what is typed, inside the plausible range; the usual one to begin with. */
export function steppedTemperature(text, direction, range) {
  const { value = null } = readTemperature(text, range);
  if (value === null) return USUAL;
  const next = Math.round(value * 10 + direction) / 10;
  return Math.min(Math.max(next, range[0]), range[1]);
}

/** Whether one of the chosen signs wants words. */
export const asksForNote = (chosen, form) => form.symptoms.some((one) => one.free_text && chosen.includes(one.id));

/** `filled`: `{symptoms: [ids], temperature: text, exposures: {id: "yes" | "no"}, note}`. Every question must be answered. */
export function formAnswers(filled, form) {
  const errors = [];
  const temperature = readTemperature(filled.temperature, form.plausible_c);
  if (temperature.error) errors.push({ field: "temperature", code: temperature.error });
  const exposures = {};
  for (const { id } of form.exposures) {
    const answer = filled.exposures[id];
    if (answer === "yes" || answer === "no") exposures[id] = answer === "yes";
    else errors.push({ field: id, code: "unanswered" });
  }
  if (errors.length > 0) return { errors };
  const symptoms = form.symptoms.map(({ id }) => id).filter((id) => filled.symptoms.includes(id));
  const note = (filled.note || "").trim();
  const wanted = note !== "" && asksForNote(filled.symptoms, form);
  return { answers: { symptoms, temperature_c: temperature.value, exposures, ...(wanted ? { note } : {}) } };
}

/** Whether anything in the answers is a sign or a contact. It decides words on this phone, never a level. */
export function tellsOfSomething({ symptoms, temperature_c, exposures }, form) {
  const fever = temperature_c !== null && form !== null && temperature_c >= form.fever_from_c;
  return fever || symptoms.length > 0 || Object.values(exposures).some(Boolean);
}

/** The body of the command, for the shift that was on the screen. */
export const checkInBody = (shift, answers, form) => ({
  shift_on: shift.on,
  shift: shift.code,
  answers,
  rules: form.rules,
});
