/** The bar while a list is read or saved: asks how far it has come, and opens what comes next. */

const EVERY = 1000;
const AFTER_A_FAULT = 4000;

/** Shows what was answered; tells whether the work is still the same. */
export function show(part, answer) {
  if (answer.state !== part.dataset.state) return false;
  const bar = part.querySelector("progress");
  if (answer.total) {
    bar.max = answer.total;
    bar.value = answer.done;
  }
  const words = part.querySelector("[role=status]");
  if (words.textContent !== answer.text) words.textContent = answer.text;
  return true;
}

export function bind(part) {
  const ask = async () => {
    try {
      const response = await fetch(part.dataset.url, { headers: { Accept: "application/json" } });
      if (response.redirected || response.status === 404) return location.reload();
      if (!show(part, await response.json())) return location.reload();
      setTimeout(ask, EVERY);
    } catch {
      setTimeout(ask, AFTER_A_FAULT);
    }
  };
  setTimeout(ask, EVERY);
}
