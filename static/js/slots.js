/** Fills pieces of a page from values. All words come from the page; this knows none. */

const ATTRIBUTES = new Set(["id", "name", "value", "for", "aria-describedby", "aria-labelledby", "data-key", "data-field", "data-picture", "class", "lang"]);

const missing = (value) => value === null || value === undefined || value === false || value === "";

/** "Chào bạn {name}" with the values in place. */
export const worded = (pattern, values) =>
  pattern.replace(/\{(\w+)\}/g, (whole, name) => (missing(values[name]) ? "" : String(values[name])));

const inside = (root, selector) => Array.from(root.querySelectorAll(selector));

function drop(root, values) {
  for (const element of inside(root, "[data-if]")) {
    if (missing(values[element.dataset.if])) element.remove();
  }
  for (const element of inside(root, "[data-unless]")) {
    if (!missing(values[element.dataset.unless])) element.remove();
  }
}

function repeat(root, values) {
  for (const element of inside(root, "[data-each]")) {
    const row = element.querySelector("template");
    const rows = (values[element.dataset.each] || []).map((own) => fill(row.content.cloneNode(true), own));
    row.before(...rows);
    row.remove();
    element.removeAttribute("data-each");
  }
}

function setAttributes(element, values) {
  for (const pair of element.dataset.attributes.split(" ")) {
    const [attribute, name] = pair.split("=");
    if (ATTRIBUTES.has(attribute) && !missing(values[name])) element.setAttribute(attribute, values[name]);
  }
}

function drawIcon(use, name) {
  const sprite = use.getAttribute("href").split("#")[0];
  if (!missing(name)) use.setAttribute("href", `${sprite}#${name}`);
}

/**
 * data-if, data-unless: the element stays or goes · data-each: its template once per row ·
 * data-slot: text · data-pattern: text with {values} · data-tel: a number to call · data-icon: a symbol ·
 * data-attributes="id=row_id": attributes.
 */
export function fill(root, values) {
  drop(root, values);
  for (const element of inside(root, "[data-slot]")) element.textContent = values[element.dataset.slot] ?? "";
  for (const element of inside(root, "[data-pattern]")) {
    element.textContent = worded(element.dataset.pattern, values);
  }
  for (const element of inside(root, "[data-tel]")) {
    element.setAttribute("href", `tel:${String(values[element.dataset.tel]).replace(/[^\d+]/g, "")}`);
  }
  for (const element of inside(root, "[data-icon]")) {
    drawIcon(element.querySelector("use"), values[element.dataset.icon]);
  }
  for (const element of inside(root, "[data-attributes]")) setAttributes(element, values);
  // Rows come last: they are filled from their own values, not from these.
  repeat(root, values);
  return root;
}

/** A filled copy of `<template data-view="name">` found in `root`. */
export function view(root, name, values) {
  const template = root.querySelector(`template[data-view="${name}"]`);
  return fill(template.content.cloneNode(true), values);
}

/** The page's own sentence `<template data-word="name">`, with values. */
export function word(root, name, values = {}) {
  const template = root.querySelector(`template[data-word="${name}"]`);
  return template ? worded(template.content.textContent.trim(), values) : "";
}

/** 0900 000 118: ten digits in groups of four, three, three; others as they are. */
export function phoneText(number) {
  const digits = String(number || "").replace(/\D/g, "");
  return digits.length === 10 ? `${digits.slice(0, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}` : number || null;
}
