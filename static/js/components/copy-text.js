/** Copies the text of a field; where the browser may not, marks it so that a key or a finger can. Bound to data-module="copy-text". */
export function bind(root) {
  const field = root.querySelector("textarea");
  const button = root.querySelector("[data-copy]");
  const [copied, marked] = [root.querySelector("[data-copied]"), root.querySelector("[data-marked]")];

  function byHand() {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }

  async function copy() {
    const done = navigator.clipboard ? await navigator.clipboard.writeText(field.value).then(() => true, byHand) : byHand();
    copied.hidden = !done;
    marked.hidden = done;
    if (done) button.focus();
  }

  button.hidden = false;
  button.addEventListener("click", () => copy());
}
