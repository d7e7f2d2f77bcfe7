/** The badge and PIN of somebody without a card, with digits to touch. */

const DIGITS = /^\d$/;

function type(field, digit) {
  const longest = Number(field.maxLength) > 0 ? Number(field.maxLength) : Infinity;
  if (DIGITS.test(digit)) field.value = (field.value + digit).slice(0, longest);
  else field.value = field.value.slice(0, -1);
}

/** Touched digits go into the field that was last in use; the field keeps the focus. */
export function bindPad(form) {
  const fields = Array.from(form.querySelectorAll("input"));
  let last = fields[0];
  form.addEventListener("focusin", (event) => fields.includes(event.target) && (last = event.target));
  form.querySelectorAll("[data-digit]").forEach((button) => {
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => type(last, button.dataset.digit));
  });
}

/** `onTyped({company, badge, pin})` once both are there; company is empty where the kiosk has but one. */
export function bindEntry(form, onTyped) {
  bindPad(form);
  const { badge, pin, company } = form.elements;
  const error = form.querySelector("[data-error]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const missing = [badge, pin].find((field) => field.value.trim() === "");
    error.hidden = !missing;
    [badge, pin].forEach((field) => field.toggleAttribute("aria-invalid", field === missing));
    if (missing) return missing.focus();
    const who = { company: company ? company.value : "", badge: badge.value.trim(), pin: pin.value.trim() };
    form.reset();
    return onTyped(who);
  });
  badge.focus();
}
