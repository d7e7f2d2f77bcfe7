/** Binds each `data-module="kebab-name"` of the page to its file in components/. */

const NAME = /^[a-z][a-z0-9-]*$/;

async function bindOne(element) {
  const name = element.dataset.module;
  if (!NAME.test(name)) return;
  const { bind } = await import(`./components/${name}.js`);
  bind(element);
  element.dataset.bound = "";
}

/** Binds everything under `root`; a part that fails leaves the others working. */
export const bindAll = (root) => Promise.allSettled(Array.from(root.querySelectorAll("[data-module]"), bindOne));

bindAll(document);

// Every page of the worker sends what waits, not only the page it was made on.
if (document.body.classList.contains("worker")) import("./outbox/page.js").then((page) => page.start());
