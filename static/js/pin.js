/** Choosing a new PIN, typed twice. The park says which PINs are too easy. */
import { api } from "./outbox/page.js";

function tell(form, text) {
  const error = form.querySelector("[data-error]");
  error.querySelector("[data-error-text]").textContent = text;
  error.hidden = !text;
  form.querySelectorAll("input").forEach((input) => input.setAttribute("aria-invalid", String(Boolean(text))));
  if (text) form.querySelector("input").focus();
}

const sentence = (form, name) => form.querySelector(`template[data-error-word="${name}"]`).content.textContent.trim();

/** `onChosen(pin)` when the park has taken it. `badge()` lets the park refuse a PIN that is the badge. */
export function bindPinForm(form, { badge = () => "", onChosen }) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { pin, again } = form.elements;
    if (pin.value !== again.value) return tell(form, sentence(form, "differs"));
    const reply = await api.call("/api/v1/pin", { method: "POST", body: { pin: pin.value, badge: badge() } });
    if (reply.status === 0) return tell(form, sentence(form, "unreachable"));
    if (!reply.ok) return tell(form, (reply.json && reply.json.detail) || sentence(form, "unreachable"));
    tell(form, "");
    const chosen = pin.value;
    form.reset();
    return onChosen(chosen);
  });
}
