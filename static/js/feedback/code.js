/** The reply code of a note without a name, and the hash that travels in its place. Pure. */

// Without 0 O 1 I L U: what is copied by hand is read back as it was written. 30 letters, 9 of them: 44 bits.
const LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 9;

/** A fresh code such as "KX7 294 M8Q". `random(n)` gives n bytes. */
export function newCode(random) {
  let made = "";
  while (made.length < LENGTH) {
    const byte = random(1)[0];
    // 240 is eight times thirty: above it some letters would come more often.
    if (byte < 240) made += LETTERS[byte % 30];
  }
  return made.replace(/(...)(?=.)/g, "$1 ");
}

/** A random key that tells no time (UUID version 4). */
export function randomKey(random) {
  const bytes = random(16);
  bytes[6] = 0x40 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const roots = (() => {
  const found = [];
  for (let number = 2; found.length < 64; number += 1) {
    if (found.every((prime) => number % prime)) found.push(number);
  }
  return found;
})();
const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) | 0;

/** SHA-256 of a short text (under 56 letters), hex. A page over plain HTTP has no crypto.subtle. */
export function sha256(text) {
  const words = Array(64).fill(0);
  const bytes = [...text].map((letter) => letter.charCodeAt(0)).concat(0x80);
  bytes.forEach((byte, at) => (words[at >> 2] |= byte << (24 - (at % 4) * 8)));
  words[15] = text.length * 8;
  const turn = (value, by) => (value >>> by) | (value << (32 - by));
  for (let at = 16; at < 64; at += 1) {
    const [early, late] = [words[at - 15], words[at - 2]];
    const one = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const two = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    words[at] = (words[at - 16] + one + words[at - 7] + two) | 0;
  }
  const start = roots.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  let [a, b, c, d, e, f, g, h] = start;
  words.forEach((word, at) => {
    const choice = (e & f) ^ (~e & g);
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + fraction(Math.cbrt(roots[at])) + word) | 0;
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
  });
  return [a, b, c, d, e, f, g, h].map((value, at) => ((value + start[at]) >>> 0).toString(16).padStart(8, "0")).join("");
}

export const codeHash = (code) => sha256(code.toUpperCase().replace(/[^0-9A-Z]/g, ""));
