/** Which act a key stands for inside the sheet. Pure. */

const MARKS = { k: "well", t: "symptoms", v: "absent", c: "not_asked" };
const MOVES = { ArrowUp: "up", ArrowDown: "down" };

// An input method may hold the letter back and tell only which key it was.
const letterOf = ({ key, code }) => {
  if (key && key.length === 1) return key.toLowerCase();
  const found = /^Key([A-Z])$/.exec(code || "");
  return found ? found[1].toLowerCase() : null;
};

/**
 * `where` is "row" (marks and temperatures), "text" (a field for words) or "button". Gives `{act, mark?}` or
 * null for a key that keeps its own meaning.
 */
export function actOf(event, where) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if ((ctrlKey || metaKey) && key === "Enter") return { act: "close" };
  if (ctrlKey || metaKey || altKey || where === "text") return null;
  if (key === "/") return { act: "find" };
  if (MOVES[key]) return { act: MOVES[key] };
  if (where !== "row") return null;
  if (key === "Enter") return { act: "details" };
  const letter = letterOf(event);
  if (letter === "k" && shiftKey) return { act: "fill" };
  if (letter && MARKS[letter]) return { act: "mark", mark: MARKS[letter] };
  return /^[0-9]$/.test(key || "") ? { act: "measure" } : null;
}
