/** Keeps what is typed into a form until it was saved, and puts it back after signing in again. */

import { draftsIn, valuesOf } from "../drafts.js";

function fill(form, values) {
  const held = new Map();
  for (const [name, value] of values) held.set(name, [...(held.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (!element.name || ["csrf_token", "version", "do"].includes(element.name)) continue;
    const given = held.get(element.name) ?? [];
    if (element.type === "checkbox" || element.type === "radio") element.checked = given.includes(element.value);
    else if (element.multiple) for (const option of element.options) option.selected = given.includes(option.value);
    else if (element.type !== "submit" && element.type !== "button" && given.length) element.value = given[0];
    element.dispatchEvent(new Event("input"));
  }
}

export function bind(form) {
  const drafts = draftsIn(window.sessionStorage);
  const url = new URL(form.action);
  const of = { owner: form.dataset.owner, at: url.pathname, version: form.dataset.version };
  const note = form.querySelector("[data-kept]");
  const stored = JSON.stringify(valuesOf(form));
  const isTyped = "typed" in form.dataset;
  if ("saved" in form.dataset) {
    drafts.settle();
    const here = new URL(window.location.href);
    here.searchParams.delete("saved");
    window.history.replaceState(null, "", here);
  }
  const draft = drafts.kept(of);
  if (isTyped) drafts.keep(of, valuesOf(form));
  else if (draft && JSON.stringify(draft) !== stored) {
    fill(form, draft);
    note.hidden = false;
  }
  form.addEventListener("input", (event) => {
    if (event.isTrusted !== false) drafts.keep(of, valuesOf(form));
  });
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    // Pausing, copying and removing leave the text as it is stored.
    if (submitter?.hasAttribute("formaction") || submitter?.name === "do") return;
    drafts.keep(of, valuesOf(form));
    drafts.send(of);
  });
  form.querySelector("[data-drop]").addEventListener("click", () => {
    drafts.drop(of);
    window.location.reload();
  });
}
