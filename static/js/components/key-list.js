/** A paper list keyed in by letters; the form works without. Bound to data-module="key-list". */
import { meaningOf } from "../keying/keys.js";

const RESULT = "input[type=radio]";

export function bind(form) {
  const rows = Array.from(form.querySelectorAll("[data-row]"));
  const submit = form.querySelector("button[type=submit]");
  const signsOf = (row) => form.querySelector(`[data-signs="${row.dataset.row}"]`);
  const marksOf = (row) => Array.from(row.querySelectorAll(RESULT));
  const warmOf = (row) => row.querySelector("[name^=warm-]");
  let typed = false;

  function rowOf(element) {
    const own = element.closest("[data-row]");
    if (own) return own;
    const signs = element.closest("[data-signs]");
    return signs ? rows.find((row) => row.dataset.row === signs.dataset.signs) : null;
  }

  function placeOf(element) {
    if (element.id === "written-at") return "list";
    if (!rowOf(element)) return null;
    if (element.matches(RESULT)) return "marks";
    if (element.matches("[type=checkbox]")) return "signs";
    return element.matches("[name^=warm-]") ? "warm" : "text";
  }

  function enter(row) {
    const target = row ? marksOf(row).find((mark) => mark.checked) : submit;
    target.focus({ preventScroll: true });
    (row || target).scrollIntoView({ block: "nearest" });
  }

  function step(row, by) {
    const at = row ? rows.indexOf(row) + by : 0;
    if (at < 0) form.querySelector("#written-at").focus();
    else enter(rows[at]);
  }

  function mark(row, value) {
    marksOf(row).find((each) => each.value === value).checked = true;
    changed();
    if (value === "signs") signsOf(row).querySelector("input").focus();
    else step(row, 1);
  }

  function sign(row, number) {
    const boxes = Array.from(signsOf(row).querySelectorAll("[type=checkbox]"));
    const other = signsOf(row).querySelector("[type=checkbox] ~ input, .key-other");
    const box = boxes[number - 1];
    if (!box) return number === boxes.length + 1 && other.focus();
    box.checked = !box.checked;
    box.focus();
    return changed();
  }

  function warm(row, digit) {
    const field = warmOf(row);
    field.value = digit;
    field.focus();
    changed();
  }

  function changed() {
    typed = true;
    count();
  }

  function count() {
    const chosen = rows.map((row) => marksOf(row).find((each) => each.checked).value);
    form.querySelectorAll("[data-count]").forEach((element) => {
      element.textContent = chosen.filter((value) => value === element.dataset.count).length;
    });
  }

  form.addEventListener("keydown", (event) => {
    const place = placeOf(event.target);
    const meaning = meaningOf(event, place || "none");
    if (!meaning || event.isComposing || (!place && !meaning.send)) return;
    event.preventDefault();
    const row = rowOf(event.target);
    if (meaning.send) form.requestSubmit(submit);
    else if ("mark" in meaning) mark(row, meaning.mark);
    else if (meaning.move) step(row, meaning.move);
    else if (meaning.time) row.querySelector("[name^=at-]").focus();
    else if (meaning.sign !== undefined) sign(row, meaning.sign);
    else warm(row, meaning.warm);
  });

  form.addEventListener("focusin", (event) => {
    const now = rowOf(event.target);
    rows.forEach((row) => row.classList.toggle("cursor", row === now));
  });

  form.addEventListener("input", changed);
  form.addEventListener("submit", () => {
    typed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });

  form.querySelectorAll("[data-keys], [data-counts]").forEach((element) => {
    element.hidden = false;
  });
  count();
  if (!form.querySelector("[role=alert], .err")) form.querySelector("#written-at").focus();
}
