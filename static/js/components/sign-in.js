/**
 * The forms of the sign-in page, and of the one that opens without the park: a token of this machine first,
 * then on to the check-in, or to the office pages by the form itself. Without script the form works alone.
 */
import { askedWait } from "../outbox/order.js";
import { api, clock, outbox, random, session, store } from "../outbox/page.js";
import { deviceLabel } from "../outbox/device.js";
import { bindPinForm } from "../pin.js";
import { enter, firstPageOffline, isWorkerOnly } from "../sign-in/entry.js";
import { view, word } from "../slots.js";

const MINUTE = 60_000;
const CARD = /^[A-Za-z0-9_-]{22}$/;
/** Set while the park may still think that somebody is signed in here who has left: sign-out.js tells it. */
const SIGN_OUT_DUE = "sign_out_due";

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

const mustEnrol = (reply) => Boolean(reply.json) && reply.json.code === "accounts.second_factor_missing";
const inMinutes = (wait) => Math.max(1, Math.ceil(wait / MINUTE));

function sentence(reply) {
  if (reply.status === 429) {
    const told = word(document, "too_many", { minutes: inMinutes(askedWait(reply.retryAfter, clock.now())) });
    if (told) return told;
  }
  return (reply.json && (reply.json.detail || reply.json.title)) || word(document, "not_signed_in");
}

const offlineSentence = {
  unknown: () => word(document, "unreachable"),
  wrong: () => word(document, "wrong_here"),
  wait: ({ wait }) => word(document, "too_many", { minutes: inMinutes(wait) }),
};

/** The secret behind the # of a card's address; it leaves the address bar before anything else happens. */
function scannedCard() {
  const secret = window.location.hash.slice(1);
  if (!CARD.test(secret)) return "";
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return secret;
}

/** The park's word on this person, so that the check-in opens even when the road closes right now. */
async function keepMe() {
  const reply = await api.call("/api/v1/me");
  if (reply.ok) await session.keep("me", reply.json, { at: clock.now(), serial: reply.serial });
}

// A page that opened without the park holds no form value: it is fetched now that the park is there.
async function withFormValue(form) {
  if (form.elements.csrf_token) return;
  const answer = await window.fetch("/sign-in?office=1");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const value = page.querySelector("input[name=csrf_token]");
  if (value) form.append(document.importNode(value, true));
}

export function bind(form) {
  const byBadge = Boolean(form.elements.badge);
  const secretField = byBadge ? form.elements.pin : form.elements.secret;
  const next = form.dataset.next || "/check-in";
  let busy = false;
  let card = "";

  function credentials() {
    const value = (name) => form.elements[name].value.trim().normalize("NFC");
    if (!byBadge) return { login: value("login"), secret: value("secret") };
    return { company: value("company"), badge: value("badge"), pin: value("pin") };
  }

  async function openOffice(device, pass = "") {
    await store.forget(SIGN_OUT_DUE);
    await withFormValue(form);
    form.elements.device.value = device.id;
    // The code was good once: this word stands for it, also once.
    const word = { type: "hidden", name: "second_step", value: pass };
    if (pass) form.append(Object.assign(document.createElement("input"), word));
    return form.submit();
  }

  function askForCode() {
    if (!form.elements.totp) {
      form.querySelector("button[type=submit]").before(view(document, "second_step", {}));
      form.elements.totp.before(errorOf(form));
    }
    errorOf(form).textContent = "";
    form.elements.totp.focus();
  }

  async function goOn(roles, device, pass) {
    // What this machine still holds of others goes to the park, and the park's key comes here.
    await outbox.flush({ eager: true }).catch(() => {});
    if (!isWorkerOnly(roles)) return openOffice(device, pass);
    await keepMe().catch(() => {});
    return window.location.assign(next);
  }

  function choosePin(answer, typed) {
    const template = document.querySelector('template[data-view="new_pin"]');
    if (!template) return window.location.assign("/my-record#pin");
    const piece = view(document, "new_pin", {});
    const pinForm = piece.querySelector("form");
    const onChosen = async (pin) => {
      await session.start(answer, { ...typed, pin }, { personal: isPersonal() });
      window.location.assign(next);
    };
    bindPinForm(pinForm, { badge: () => typed.badge, onChosen });
    form.hidden = true;
    form.after(piece);
    return pinForm.querySelector("input").focus();
  }

  function tell(text) {
    errorOf(form).textContent = text;
    // With the password right, only the code is typed again.
    const again = form.elements.totp || secretField;
    again.value = "";
    again.focus();
  }

  // A phone has a lock of its own and one owner; a laptop of the safety team goes from hand to hand.
  const isPersonal = () => byBadge && window.matchMedia("(pointer: coarse)").matches;

  async function signIn() {
    const typed = credentials();
    const device = { id: await session.deviceId(random), label: deviceLabel(navigator.userAgent) };
    const totp = form.elements.totp ? form.elements.totp.value : "";
    const found = await enter({ credentials: typed, card, totp, device, personal: isPersonal() }, { api, session });
    if (found.state === "code") return askForCode();
    // The page where a demanded second proof is set up opens by the form itself.
    if (found.state === "refused" && mustEnrol(found.reply)) return openOffice(device);
    if (found.state === "refused") return tell(sentence(found.reply));
    if (found.state === "in_offline") {
      await store.write(SIGN_OUT_DUE, true);
      return window.location.assign(firstPageOffline(found.roles));
    }
    if (found.state !== "in") return tell(offlineSentence[found.state](found));
    if (byBadge && found.mustChange) return choosePin(found.answer, typed);
    return goOn(found.roles, device, found.answer.second_step);
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

  async function lookAround() {
    const current = await session.current();
    if (!current) return;
    // The park asks who is there: on an office machine the one before is not any more.
    if (current.idles && form.elements.csrf_token) return session.end();
    if (!byBadge || !current.roles.includes("worker") || !document.querySelector('template[data-view="signed_in"]')) return;
    const piece = view(document, "signed_in", {});
    piece.querySelector("a").href = next;
    form.before(piece);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    // Where this browser keeps nothing, the page's own sign-in still works.
    signIn()
      .catch(() => form.submit())
      .finally(() => {
        busy = false;
        form.removeAttribute("aria-busy");
      });
  });
  const scanned = byBadge ? scannedCard() : "";
  if (scanned) takeCard(scanned).catch(() => {});
  lookAround().catch(() => {});
}
