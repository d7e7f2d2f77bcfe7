/** The two parts of the sign-in page that opens without the park: by badge, or by login. */

export function bind(nav) {
  const links = Array.from(nav.querySelectorAll("a"));
  const partOf = (link) => document.querySelector(link.getAttribute("href"));
  const { hash, search } = window.location;
  const asked = new URLSearchParams(search);
  const forOffice = hash === "#office" || asked.has("office") || (asked.has("next") && !asked.has("badge"));

  function show(chosen) {
    for (const link of links) {
      partOf(link).hidden = link !== chosen;
      if (link === chosen) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  nav.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    show(link);
  });
  show(links[forOffice ? 1 : 0]);
}
