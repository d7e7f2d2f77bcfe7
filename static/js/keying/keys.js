/** What a key means while a paper list is keyed in, by where the cursor stands. Pure. */

const LETTERS = { k: "well", t: "signs", v: "absent", c: "" };
const STEPS = { ArrowDown: 1, ArrowUp: -1, Enter: 1 };

// A Vietnamese input method may hide the letter; the key on the board stays.
function letterOf({ key, code }) {
  if (/^[a-z]$/i.test(key || "")) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code || "") ? code.slice(3).toLowerCase() : null;
}

const digitOf = ({ key }) => (/^[0-9]$/.test(key || "") ? Number(key) : null);

/**
 * `place` is "marks", "warm", "signs", "text" (words and times of a row) or "list" (the list's own time).
 * Returns one of {send}, {mark}, {move}, {time}, {sign}, {warm}, or null where the browser is to do as always.
 */
export function meaningOf(pressed, place) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = pressed;
  if ((ctrlKey || metaKey) && key === "Enter") return { send: true };
  if (ctrlKey || metaKey || altKey) return null;
  if (place === "list") return key === "Enter" || key === "ArrowDown" ? { move: 1 } : null;
  if (key in STEPS) return { move: key === "Enter" && shiftKey ? -1 : STEPS[key] };
  if (place === "text") return null;
  const letter = letterOf(pressed);
  if (letter in LETTERS) return { mark: LETTERS[letter] };
  if (letter === "g") return { time: true };
  const digit = digitOf(pressed);
  if (digit !== null && place === "signs") return { sign: digit };
  if (digit !== null && place === "marks") return { warm: String(digit) };
  return null;
}
