/** The frame around the sheet: whose it is, and which shift. */
import { view, word } from "../slots.js";
import { headValues, shiftLinks } from "./values.js";

function fillText(root, selector, text) {
  root.querySelectorAll(selector).forEach((element) => (element.textContent = text));
}

/** Company, leader, the other shifts. */
export function drawFrame(root, park, language) {
  const values = headValues(park, language);
  root.querySelector("[data-place]").hidden = false;
  root.querySelector("[data-person]").hidden = false;
  fillText(root, "[data-place-title]", values.company);
  fillText(root, "[data-person-name]", values.leader);
  fillText(root, "[data-person-initials]", values.initials);
  fillText(root, "[data-leader]", values.leader);
  document.title = `${word(root, "title", values)} – An Ca`;
  const links = shiftLinks(park);
  const nav = root.querySelector("[data-shifts]");
  nav.hidden = links.length < 2;
  nav.replaceChildren(
    ...links.map((link) => {
      const piece = view(root, "shift", link);
      piece.querySelector("[data-link]").setAttribute("href", link.address);
      return piece;
    }),
  );
}

/** The heading; `savedAt` is when the marks were last kept here, as it is read. */
export function drawHead(root, park, language, savedAt) {
  const box = root.querySelector("[data-head]");
  const values = headValues(park, language);
  if (box.dataset.told !== JSON.stringify(values)) {
    box.dataset.told = JSON.stringify(values);
    box.replaceChildren(view(root, "head", values));
  }
  const saved = box.querySelector("[data-saved]");
  saved.hidden = !savedAt;
  saved.textContent = savedAt ? ` · ${word(root, "saved_at", { at: savedAt })}` : "";
}
