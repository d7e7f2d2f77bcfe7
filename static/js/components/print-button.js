/** Prints the page. Shown only where there is a script to do it. */
export function bind(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
