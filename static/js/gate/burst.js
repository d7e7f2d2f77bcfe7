/** A scanner that poses as a keyboard: many keys at once, then Enter, wherever the focus is. Pure. */

const LONGEST_PAUSE = 300;
const SLOWEST_MEAN = 45;
const SHORTEST = 4;
const MOST = 6000;

/** `take(key, at)` in ms: the text of a burst at its Enter, null otherwise. A person types slower. */
export function createBurst() {
  let text = "";
  let began = 0;
  let last = 0;

  function ended(at) {
    const letters = text;
    const mean = (at - began) / Math.max(1, letters.length);
    text = "";
    return letters.length >= SHORTEST && mean <= SLOWEST_MEAN ? letters : null;
  }

  function take(key, at) {
    const pause = at - last;
    last = at;
    if (text !== "" && pause > LONGEST_PAUSE) text = "";
    if (key === "Enter") return text === "" ? null : ended(at);
    if (Array.from(key).length !== 1) return null;
    if (text === "") began = at;
    if (text.length < MOST) text += key;
    return null;
  }

  return { take };
}
