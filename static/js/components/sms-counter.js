/** Counts the signs of a text while it is typed, its SMS parts, and what a plain SMS leaves out. */

import { smsLeftOut, smsSize } from "../sms-size.js";

export function bind(line) {
  const field = document.getElementById(line.dataset.of);
  const most = Number(line.dataset.most);
  const show = () => {
    // As the server counts it: line ends are one sign, letters are composed.
    const { alphabet, signs, parts } = smsSize(field.value);
    line.querySelector("[data-count]").textContent = signs.toLocaleString(document.documentElement.lang);
    line.querySelector("[data-parts]").textContent = parts;
    line.querySelector("[data-plain]").hidden = alphabet !== "gsm7";
    line.querySelector("[data-accents]").hidden = alphabet === "gsm7";
    const lost = smsLeftOut(field.value);
    line.querySelector("[data-lost]").hidden = lost.length === 0;
    line.querySelector("[data-lost] b").textContent = lost.join(" ");
    const over = line.querySelector("[data-over]");
    over.hidden = signs <= most;
    over.querySelector("b").textContent = (signs - most).toLocaleString(document.documentElement.lang);
    line.querySelector("[data-signs]").classList.toggle("over", signs > most);
  };
  field.addEventListener("input", show);
  show();
}
