/** A worker's own record: answers, who looked, phones; change the PIN, sign out. Bound to data-module="my-record". */
import { announce, followRoad } from "../frame.js";
import { bindRequestForm } from "../my-record/asking.js";
import { recordValues } from "../my-record/record.js";
import { api, clock, outbox, session } from "../outbox/page.js";
import { bindPinForm } from "../pin.js";
import { view as piece, word, worded } from "../slots.js";
import { ask as confirm } from "./dialog.js";

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  const withdrawButton = root.querySelector("[data-act=withdraw]");
  let thisDevice = null;
  let consent = null;
  let shown = null;

  async function show(screen, values = {}) {
    outlet.replaceChildren(piece(root, screen, values));
    outlet.removeAttribute("aria-busy");
  }

  /** `asOf`: the moment of the copy on this phone, or null for what the park said just now. */
  async function showRecord(record, asOf) {
    shown = { record, asOf };
    consent = record.consent;
    withdrawButton.hidden = !(consent && consent.agreed);
    thisDevice = record.devices.find((device) => device.current) || null;
    const values = recordValues(record, clock.eastMinutes(clock.now()), asOf, await outbox.list());
    return show("record", { ...values, may_print: typeof window.print === "function" });
  }

  async function load() {
    shown = null;
    if (!(await session.current())) return show("signed_out");
    const reply = await api.call("/api/v1/my-record");
    if (reply.ok) {
      const at = clock.now() + ((await api.clockOffset()) || 0);
      await session.keep("my_record", reply.json, { at, serial: reply.serial }).catch(() => {});
      return showRecord(reply.json, null);
    }
    if (reply.status === 401) return show("signed_out");
    const kept = await session.kept("my_record").catch(() => null);
    return kept ? showRecord(kept.value, kept.at) : show("unreachable");
  }

  function tell(text) {
    announce(root, text);
    const toast = piece(root, "done", { text });
    root.querySelector("[data-done]").replaceChildren(toast);
  }

  const revokeAtPark = (id) =>
    api.call(`/api/v1/devices/${encodeURIComponent(id)}/revoke`, { method: "POST", body: {} });

  async function revoke(button) {
    const dialog = root.querySelector("#ask-revoke");
    if (!(await confirm(dialog))) return;
    const reply = await revokeAtPark(button.dataset.key);
    if (!reply.ok) return tell((reply.json && reply.json.detail) || word(root, "unreachable"));
    await load();
    tell(word(root, "revoked"));
  }

  /** Leaves the kept actions for their owner; says how many before. */
  async function signOut() {
    const waiting = await outbox.countUnsent();
    const dialog = root.querySelector(waiting > 0 ? "#ask-sign-out-unsent" : "#ask-sign-out");
    const isClosed = Boolean(await session.cipher());
    dialog.querySelectorAll("[data-count-pattern]").forEach((element) => {
      const { countPattern, plainPattern } = element.dataset;
      element.textContent = worded(isClosed ? countPattern : plainPattern, { count: waiting });
    });
    if (!(await confirm(dialog))) return;
    // The token dies at the park too when it can be reached, unless something still goes there with it.
    if (thisDevice && waiting === 0) await revokeAtPark(thisDevice.id);
    await session.end();
    await show("signed_out");
    outlet.querySelector("h1").tabIndex = -1;
    outlet.querySelector("h1").focus();
    root.querySelectorAll("[data-account], [data-ask-data]").forEach((part) => (part.hidden = true));
  }

  /** A command like every other act: it is kept on this phone first. */
  async function withdraw() {
    if (!(await confirm(root.querySelector("#ask-withdraw")))) return;
    try {
      await outbox.save("consent", { version: consent.version, agreed: false });
    } catch {
      return tell(word(root, "not_saved"));
    }
    withdrawButton.hidden = true;
    tell(word(root, "withdrawn"));
  }

  /** Kept on this phone first, like every other act; the park gives it its last day. */
  async function askAboutData(body) {
    try {
      await outbox.save("data_request", body);
    } catch {
      tell(word(root, "not_saved"));
      return false;
    }
    tell(word(root, "request_kept"));
    return true;
  }

  /** What is folded on a phone is read on paper. */
  function print() {
    outlet.querySelectorAll("details").forEach((part) => (part.open = true));
    window.print();
  }

  const acts = {
    revoke,
    withdraw,
    print,
    "sign-out": signOut,
    again: load,
    dismiss: (button) => outbox.dismiss(button.dataset.key),
  };

  // The park's answer to a request of this phone is in its record.
  const told = (items) => items.filter((item) => item.kind === "data_request").map((item) => `${item.key} ${item.state} ${item.dismissed_at}`);
  let known = null;
  async function follow() {
    const items = await outbox.list();
    const now = told(items).join();
    if (known === now) return;
    const first = known === null;
    known = now;
    if (first || !shown) return;
    if (items.some((item) => item.kind === "data_request" && item.state === "received")) await load();
    else await showRecord(shown.record, shown.asOf);
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act](button);
  });

  async function begin() {
    const current = await session.current();
    root.querySelectorAll("[data-account], [data-ask-data]").forEach((part) => (part.hidden = !current));
    const kept = await session.kept("me").catch(() => null);
    const badge = () => (kept && kept.value.worker ? kept.value.worker.badge : "");
    const onChosen = async () => {
      await session.forgetVault().catch(() => {});
      tell(word(root, "pin_changed"));
    };
    bindPinForm(root.querySelector("form[data-pin]"), { badge, onChosen });
    bindRequestForm(root.querySelector("form[data-request]"), askAboutData);
    if (window.location.hash === "#pin") root.querySelector("details#pin").open = true;
    await load();
    await follow();
  }

  followRoad(api);
  outbox.subscribe(() => follow().catch(() => {}));
  begin();
}
