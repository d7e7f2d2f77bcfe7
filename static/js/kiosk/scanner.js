/**
 * A scanner that types like a keyboard: one burst of keys, ended by Enter, wherever the focus is. Pure.
 *
 * Each key is read twice: the letter that came of it, and the letter at its place on an American board, which
 * is what scanners pretend to be. The place counts where Caps Lock, a Vietnamese layout or an input method has
 * changed the letters.
 */

const LETTER = /^Key([A-Z])$/;
const DIGIT = /^(?:Digit|Numpad)(\d)$/;
const PLAIN = { Minus: "-", Slash: "/", Period: ".", Semicolon: ";", Equal: "=", NumpadSubtract: "-", NumpadDivide: "/" };
const SHIFTED = { Minus: "_", Slash: "?", Semicolon: ":", Equal: "+", Digit3: "#", Digit5: "%", Digit7: "&" };
const ENDS = new Set(["Enter", "NumpadEnter", "Tab"]);

const CARD = /(?:^|#)([A-Za-z0-9_-]{22})$/;
const LONGEST_GAP = 1500;
// Shorter is somebody at the keyboard, not a scanner.
const SHORTEST = 8;
const FASTEST_FINGERS = 45;

/** The letter at a place of an American keyboard, which is what scanners pretend to be; null for none. */
export function letterAt(code, shift) {
  const letter = LETTER.exec(code);
  if (letter) return shift ? letter[1] : letter[1].toLowerCase();
  if (shift && SHIFTED[code]) return SHIFTED[code];
  const digit = DIGIT.exec(code);
  if (digit) return digit[1];
  return PLAIN[code] ?? null;
}

/** The secret of a card in a burst: bare, or behind the # of the printed address; null when there is none. */
export const cardIn = (text) => (CARD.exec(text) || [])[1] || null;

// A scanner that minds Caps Lock turns the letters round itself; only the address shows which kind it is.
const looksTurned = (byPlace, byLetter) => /\/C#[^#]*$/.test(byPlace) && /\/c#[^#]*$/.test(byLetter);

function cardOf({ byPlace, byLetter, foreign, caps }) {
  const asWritten = foreign || (caps && !looksTurned(byPlace, byLetter)) ? null : cardIn(byLetter);
  return asWritten || cardIn(byPlace);
}

const fresh = () => ({ byPlace: "", byLetter: "", foreign: false, caps: false, startedAt: 0, at: 0, restore: null });

/**
 * `press({code, key, shift, caps, at, field})` gives `{swallow, card?, unread?, foreign?}`. `field` is null, or
 * `{mark() -> restore()}` of the text field that the key would go into; what a scanner left there is taken out.
 */
export function createScanner() {
  let burst = fresh();

  function add({ code, key, shift, caps, at, field }) {
    const single = key.length === 1;
    const place = letterAt(code || "", shift);
    if (place === null && !single) return { swallow: false };
    if (burst.byPlace === "" || at - burst.at > LONGEST_GAP) {
      burst = { ...fresh(), startedAt: at, restore: field ? field.mark() : null };
    }
    burst.byPlace += place ?? key;
    burst.byLetter += single ? key : (place ?? "");
    burst.foreign = burst.foreign || (single && key > "~");
    burst.caps = burst.caps || Boolean(caps);
    burst.at = at;
    return { swallow: !field };
  }

  function end(at, field) {
    const done = burst;
    const { byPlace, foreign, startedAt, restore } = done;
    const late = at - done.at > LONGEST_GAP;
    burst = fresh();
    if (late || byPlace.length < SHORTEST) return { swallow: false };
    const typed = (at - startedAt) / byPlace.length > FASTEST_FINGERS;
    // In a text field only what no fingers can type is taken for a scan.
    if (field && typed) return { swallow: false };
    const card = cardOf(done);
    if (field && !card) return { swallow: false };
    if (restore) restore();
    return card ? { swallow: true, card } : { swallow: true, unread: true, foreign };
  }

  const press = (event) => (ENDS.has(event.code || event.key) ? end(event.at, event.field) : add(event));

  /** For scanners that end with nothing: a whole address that has been silent for a while. */
  function settle(at) {
    if (at - burst.at < LONGEST_GAP / 5 || burst.restore || !burst.byLetter.concat(burst.byPlace).includes("#")) return null;
    return cardOf(burst) ? end(at, null).card : null;
  }

  return { press, settle };
}
