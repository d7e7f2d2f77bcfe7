/** Searches while somebody types: asks for the same page, swaps the results, keeps the address in step. */

const PAUSE_MS = 180;

/** The address that a form of filters asks for, without what is empty; always from page 1. */
export function addressOf(path, pairs) {
  const kept = Array.from(pairs).filter(([, value]) => value !== "");
  const query = new URLSearchParams(kept).toString();
  return query ? `${path}?${query}` : path;
}

function swap(old, fresh) {
  if (old && fresh) old.replaceChildren(...fresh.childNodes);
}

/** The link that drops the filters comes and goes with them. */
function swapClear(form, fresh) {
  const [old, now] = [form, fresh].map((each) => each && each.querySelector("[data-clear]"));
  if (old && now) old.replaceWith(now);
  else if (old) old.remove();
  else if (now) form.append(now);
}

export function bind(part) {
  const form = part.querySelector("form[role=search]");
  const field = form && form.querySelector("input[type=search]");
  const results = part.querySelector("[data-results]");
  const told = part.querySelector("[role=status]");
  if (!field || !results) return;
  const here = window.location.pathname;
  const wanted = () => addressOf(here, new FormData(form));
  let [asking, pause, shown] = [null, 0, wanted()];

  function show(page, address) {
    const fresh = page.querySelector('[data-module="live-search"]');
    if (!fresh) return window.location.assign(address);
    swap(results, fresh.querySelector("[data-results]"));
    swapClear(form, fresh.querySelector("form[role=search]"));
    swap(document.querySelector(".head .sub"), page.querySelector(".head .sub"));
    results.removeAttribute("aria-busy");
    told.textContent = results.querySelector("[data-count]").dataset.count;
    history.replaceState(history.state, "", address);
    shown = address;
  }

  async function search() {
    const address = wanted();
    if (asking) asking.abort();
    if (address === shown) return results.removeAttribute("aria-busy");
    asking = new AbortController();
    const { signal } = asking;
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal });
      if (answer.redirected || !answer.ok) return window.location.assign(address);
      const text = await answer.text();
      if (!signal.aborted) show(new DOMParser().parseFromString(text, "text/html"), address);
    } catch {
      // Without the server the rows stay as they are; Enter asks again and says what is wrong.
      if (!signal.aborted) results.removeAttribute("aria-busy");
    }
  }

  field.addEventListener("input", (event) => {
    clearTimeout(pause);
    if (!event.isComposing) pause = setTimeout(search, PAUSE_MS);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(pause);
    pause = setTimeout(search, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(pause);
    if (asking) asking.abort();
  });
}
