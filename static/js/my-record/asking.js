/** The form with which a worker asks for the own data to be mended or removed. */

/** `onAsked({kind, text})` keeps it, and says whether it was kept. */
export function bindRequestForm(form, onAsked) {
  const error = form.querySelector("[data-error]");
  const field = form.elements.text;

  const showWrong = (wrong) => {
    error.hidden = !wrong;
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };

  form.addEventListener("change", () => {
    form.querySelector("[data-of-delete]").hidden = form.elements.kind.value !== "delete";
  });
  field.addEventListener("input", () => showWrong(false));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) {
      showWrong(true);
      field.focus();
      return;
    }
    if (!(await onAsked({ kind: form.elements.kind.value, text }))) return;
    form.reset();
    form.querySelector("[data-of-delete]").hidden = true;
    form.closest("details").open = false;
  });
}
