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
const CARD = /^[A-Za-z0-9_-]{22}$/;

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

/** The secret behind the # of a card's address; it leaves the address bar before anything else happens. */
function scannedCard() {
  const secret = window.location.hash.slice(1);
  if (!CARD.test(secret)) return "";
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return secret;
}

async function bodyOf(form, card) {
  const value = (name) => form.elements[name].value.trim().normalize("NFC");
  const id = await session.deviceId(random);
  const device = { id, label: deviceLabel(navigator.userAgent) };
  if (card) return { card, pin: value("pin"), device };
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
  let card = "";

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
    const body = await bodyOf(form, card);
    const reply = await api.send("/api/v1/sign-in", { text: JSON.stringify(body) });
    if (!reply.ok) return tell(sentence(reply));
    await session.start(reply.json);
    if (reply.json.pin_must_change) return choosePin(reply.json.roles);
    return goOn(reply.json.roles || []);
  }

  /** A card stands for company and badge; only the PIN is still asked for. */
  async function takeCard(secret) {
    const reply = await api.send("/api/v1/card", { text: JSON.stringify({ card: secret }) });
    if (!reply.ok) {
      const told = reply.json && (reply.json.detail || reply.json.title);
      errorOf(form).textContent = told || word(document, reply.status === 0 ? "unreachable" : "card_unread");
      return;
    }
    card = secret;
    form.elements.company.value = reply.json.company;
    form.elements.badge.value = reply.json.badge;
    form.querySelector("[data-by-badge]").hidden = true;
    form.before(view(document, "card", reply.json));
    form.elements.pin.focus();
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
  const scanned = scannedCard();
  if (scanned) takeCard(scanned).catch(() => {});
  offerToGoOn().catch(() => {});
}
