/**
 * A new version waits until nobody is in the middle of something, on this page or another of this browser.
 * A form of the page with something typed holds it by itself; what is no form calls holdUpdate/releaseUpdate.
 */

const LOCK = "an-ca-half-filled";
const reasons = new Set();
const listeners = new Set();
let letGo = [];

function takeLock() {
  if (!navigator.locks) return;
  navigator.locks.request(LOCK, { mode: "shared" }, () =>
    reasons.size > 0 ? new Promise((resolve) => letGo.push(resolve)) : undefined,
  );
}

/** `name` is told from other holders of this page. */
export function holdUpdate(name) {
  const first = reasons.size === 0;
  reasons.add(name);
  if (first) takeLock();
  listeners.forEach((listener) => listener());
}

export function releaseUpdate(name) {
  if (!reasons.delete(name) || reasons.size > 0) return;
  letGo.forEach((release) => release());
  letGo = [];
  listeners.forEach((listener) => listener());
}

export const isHeld = () => reasons.size > 0;

/** Calls when something begins or ends to hold the update back. */
export const onHold = (listener) => listeners.add(listener);

/** Does `work` unless another page of this browser is in the middle of something; tells whether it did. */
export async function unlessHeldElsewhere(work) {
  if (!navigator.locks) {
    work();
    return true;
  }
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock) work();
    return Boolean(lock);
  });
}

const NOT_TYPED = new Set(["hidden", "submit", "button", "reset", "image"]);

function differs(select) {
  const options = Array.from(select.options);
  const chosen = options.some((option) => option.defaultSelected);
  if (!chosen && !select.multiple) return select.selectedIndex > 0;
  return options.some((option) => option.selected !== option.defaultSelected);
}

/** Whether a control of a form holds something else than the page gave it. */
export function isTyped(control) {
  if (control.disabled || NOT_TYPED.has(control.type) || control.type === undefined) return false;
  if (control.options) return differs(control);
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  return control.value !== (control.defaultValue ?? "");
}

const asks = (form) => (form.getAttribute("method") || "").toLowerCase() === "get" || form.getAttribute("role") === "search";

/** Whether some form of the page is half filled; searches and filters do not count. */
export const isHalfFilled = (forms) =>
  Array.from(forms).some((form) => !asks(form) && Array.from(form.elements).some(isTyped));

/** Lets the forms of this page hold the update; `again()` looks once more, for forms drawn or taken away. */
export function watchForms(document) {
  const again = () => (isHalfFilled(document.forms) ? holdUpdate("form") : releaseUpdate("form"));
  for (const kind of ["input", "change", "reset"]) document.addEventListener(kind, () => setTimeout(again));
  return again;
}
