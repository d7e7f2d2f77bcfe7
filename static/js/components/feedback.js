/** A worker writes feedback, under the own name or without one, and asks by code. Bound to data-module="feedback". */
import { createAnonymous } from "../feedback/anonymous.js";
import { redrawn } from "../feedback/picture.js";
import { announce, focusHeading, followRoad } from "../frame.js";
import { api, outbox, random, session, store } from "../outbox/page.js";
import { view as piece, word } from "../slots.js";

const schedule = (work, wait) => setTimeout(work, wait);

export function bind(root) {
  const outlet = root.querySelector("[data-outlet]");
  const form = root.querySelector("form[data-note]");
  const asking = root.querySelector("form[data-code]");
  const blank = Array.from(outlet.childNodes);
  const anonymous = createAnonymous({ store, send: api.send, random, schedule, changed: drawWaiting });
  let sent = null;

  function tell(form, name) {
    const error = form.querySelector("[data-error]");
    error.hidden = !name;
    error.querySelector("[data-error-text]").textContent = name && (word(root, name) || name);
  }

  function show(screen, values) {
    outlet.replaceChildren(piece(root, screen, values));
    focusHeading(outlet);
  }

  /** What the outbox knows of the note that was just written. */
  async function drawSent() {
    const item = sent && (await outbox.list()).find((one) => one.key === sent.key);
    if (!item) return;
    const told = outlet.querySelector("[data-state]");
    const said = item.state === "refused" && item.answer ? item.answer.message : word(root, item.state);
    if (told && told.textContent !== said) announce(root, (told.textContent = said));
  }

  async function drawWaiting() {
    const notes = await anonymous.list();
    const refused = notes.find((note) => note.refused);
    const count = notes.filter((note) => !note.refused).length;
    const values = refused ? { refused: refused.refused, text: refused.text, key: refused.key } : {};
    values.count = count || null;
    const box = root.querySelector("[data-waiting]");
    box.hidden = notes.length === 0;
    box.replaceChildren(piece(root, "waiting", values));
    const told = outlet.querySelector("[data-gone]");
    if (told) announce(root, (told.textContent = word(root, count ? "waits" : "received")));
  }

  async function written() {
    const { text, about, photo } = form.elements;
    const body = { text: text.value.trim(), category: about.value };
    if (!body.category || !body.text) throw new Error("wanting");
    const [file] = photo.files;
    if (file) {
      body.photo = await redrawn(file).catch(() => {
        throw new Error("no_picture");
      });
    }
    return body;
  }

  async function send() {
    const body = await written();
    if (form.elements.who.value === "named") {
      if (!(await session.current())) throw new Error("signed_out");
      sent = await outbox.save("feedback", body);
      show("named", {});
      return drawSent();
    }
    const me = await session.kept("me").catch(() => null);
    const company = !form.elements.park.checked && me && me.value.worker && me.value.worker.company.code;
    const code = await anonymous.save(company ? { ...body, company } : body);
    show("anonymous", { code, may_copy: Boolean(navigator.clipboard) });
    return drawWaiting();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell(form, "");
    try {
      await send();
    } catch (failure) {
      tell(form, word(root, failure.message) ? failure.message : "not_saved");
    }
  });
  form.addEventListener("change", () => (root.querySelector("[data-of-anonymous]").hidden = form.elements.who.value === "named"));

  asking.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reply = await anonymous.ask(asking.elements.code.value.trim() || "?");
    const heard = root.querySelector("[data-heard]");
    heard.replaceChildren();
    heard.hidden = !reply.ok;
    tell(asking, reply.ok ? "" : (reply.json && reply.json.detail) || "unreachable");
    if (reply.ok) heard.append(piece(root, "reply", { state: word(root, `state_${reply.json.state}`), answer: reply.json.answer }));
  });

  const acts = {
    copy: () => navigator.clipboard.writeText(outlet.querySelector("[data-copied]").textContent).then(() => announce(root, word(root, "copied"))),
    drop: (button) => anonymous.drop(button.dataset.key).then(drawWaiting),
    again: () => {
      form.reset();
      outlet.replaceChildren(...blank);
      focusHeading(outlet);
    },
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act](button);
  });

  followRoad(api);
  outbox.subscribe(() => drawSent().catch(() => {}));
  drawWaiting().catch(() => {});
  anonymous.book();
}
