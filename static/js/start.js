/** Binds each `data-module="kebab-name"` of the page to its part, and sends what waits on this device. */

const NAME = /^[a-z][a-z0-9-]*$/;

async function bindOne(element, part) {
  const name = element.dataset.module;
  if (!NAME.test(name)) return;
  const { bind } = await part(name);
  bind(element);
  element.dataset.bound = "";
}

/**
 * `part(name)` gives the module of a component, `outbox()` that of outbox/page.js, at once or later.
 * A part that fails leaves the others working.
 */
export function start({ part, outbox }) {
  const elements = Array.from(document.querySelectorAll("[data-module]"));
  const bound = Promise.allSettled(elements.map((element) => bindOne(element, part)));
  // Every page sends what waits, not only the page it was made on.
  Promise.resolve(outbox()).then((page) => page.start());
  return bound;
}
