/**
 * A question over the page. Links and buttons with `data-opens="id"` open it; without a dialog in the
 * browser a link goes where it says.
 */

const canOpen = (dialog) => typeof dialog.showModal === "function";

/** Asks and tells whether the answer was "confirm". Focus returns to where it was. */
export function ask(dialog) {
  if (!canOpen(dialog)) return Promise.resolve(window.confirm(dialog.querySelector("h2").textContent.trim()));
  const before = document.activeElement;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const done = () => {
      if (before && before.isConnected) before.focus();
      resolve(dialog.returnValue === "confirm");
    };
    dialog.addEventListener("close", done, { once: true });
  });
}

export function bind(dialog) {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (!opener || opener.dataset.opens !== dialog.id || !canOpen(dialog)) return;
    event.preventDefault();
    ask(dialog);
  });
}
