/** Counts the signs of a text while it is typed, and the SMS parts it would take. */

import { smsSize } from "../sms-size.js";

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
    line.classList.toggle("err", signs > most);
  };
  field.addEventListener("input", show);
  show();
}
