/**
 * A form whose answer is a PDF: says that it is being made, hands the file over, then shows the page anew
 * (`data-done`), because whoever got a card has one now. Without script the form works alone.
 */
import { word } from "../slots.js";

const NAME = /filename="([^"]+)"/;

function hand(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

function say(form, name) {
  const known = form.querySelector("[data-told]");
  const line = known || document.createElement("p");
  if (!known) {
    line.dataset.told = "";
    line.className = "small";
    line.setAttribute("role", "status");
    form.append(line);
  }
  line.textContent = word(document, name);
}

export function bind(form) {
  let busy = false;

  async function print() {
    say(form, "cards_being_made");
    const reply = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    const isPaper = (reply.headers.get("Content-Type") || "").startsWith("application/pdf");
    // What refused this refuses it again, and then the page says why.
    if (!reply.ok || !isPaper) return form.submit();
    const [, name] = NAME.exec(reply.headers.get("Content-Disposition") || "") || [null, "an-ca.pdf"];
    hand(await reply.blob(), name);
    return window.location.assign(form.dataset.done);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    print()
      .catch(() => say(form, "cards_not_known"))
      .finally(() => (busy = false));
  });
}
