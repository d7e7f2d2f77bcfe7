/**
 * The worker's form of the sign-in page: asks the park for a token of this phone first, then goes to the
 * check-in, or on to the office pages by the form itself. Without script or storage the form works alone.
 */
import { askedWait } from "../outbox/order.js";
import { api, clock, random, session } from "../outbox/page.js";
import { deviceLabel } from "../outbox/device.js";
import { bindPinForm } from "../pin.js";
import { view, word } from "../slots.js";

const MINUTE = 60_000;

const only = (roles, role) => roles.length > 0 && roles.every((one) => one === role);

function errorOf(form) {
  const known = form.querySelector("[data-sign-in-error]");
  if (known) return known;
  const made = document.createElement("p");
  made.className = "err";
  made.dataset.signInError = "";
  made.setAttribute("role", "alert");
  form.prepend(made);
  return made;
}

function sentence(reply) {
  if (reply.status === 429) {
    const minutes = Math.ceil(askedWait(reply.retryAfter, clock.now()) / MINUTE) || 1;
    const told = word(document, "too_many", { minutes });
    if (told) return told;
  }
  const told = reply.json && (reply.json.detail || reply.json.title);
  return told || word(document, reply.status === 0 ? "unreachable" : "not_signed_in");
}

async function bodyOf(form) {
  const value = (name) => form.elements[name].value.trim().normalize("NFC");
  const id = await session.deviceId(random);
  const device = { id, label: deviceLabel(navigator.userAgent) };
  return { company: value("company"), badge: value("badge"), pin: value("pin"), device };
}

/** The park's word on this person, so that the check-in opens even when the road closes right now. */
async function keepMe() {
  const reply = await api.call("/api/v1/me");
  if (reply.ok) await session.keep("me", reply.json, { at: clock.now(), serial: reply.serial });
}

export function bind(form) {
  const next = form.dataset.next || "/check-in";
  let busy = false;

  async function goOn(roles) {
    if (!only(roles, "worker")) return form.submit();
    await keepMe().catch(() => {});
    return window.location.assign(next);
  }

  function choosePin(roles) {
    const template = document.querySelector('template[data-view="new_pin"]');
    if (!template) return window.location.assign("/my-record#pin");
    const badge = form.elements.badge.value;
    const piece = view(document, "new_pin", {});
    const pinForm = piece.querySelector("form");
    bindPinForm(pinForm, { badge: () => badge, onChosen: () => window.location.assign(next) });
    form.hidden = true;
    form.after(piece);
    return pinForm.querySelector("input").focus();
  }

  function tell(text) {
    errorOf(form).textContent = text;
    form.elements.pin.value = "";
    form.elements.pin.focus();
  }

  async function signIn() {
    const body = await bodyOf(form);
    const reply = await api.send("/api/v1/sign-in", { text: JSON.stringify(body) });
    if (!reply.ok) return tell(sentence(reply));
    await session.start(reply.json);
    if (reply.json.pin_must_change) return choosePin(reply.json.roles);
    return goOn(reply.json.roles || []);
  }

  async function offerToGoOn() {
    if (!(await session.current()) || !document.querySelector('template[data-view="signed_in"]')) return;
    const piece = view(document, "signed_in", {});
    piece.querySelector("a").href = next;
    form.before(piece);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    // Where this browser keeps nothing, the page's own sign-in still works.
    signIn()
      .catch(() => form.submit())
      .finally(() => (busy = false));
  });
  offerToGoOn().catch(() => {});
}
