/** How many SMS parts a text takes, as app/delivery/rules/sms.py counts them (3GPP TS 23.038). */

const PLAIN = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const DOUBLE = new Set("\f^{}\\[~]|€");
const ROOM = { gsm7: [160, 153], ucs2: [70, 67] };

// What has a plain sign of its own, or none that anybody misses.
const PLAINER = new Set(
  "đĐ₫…\t\u2018\u2019\u201a\u2032\u201c\u201d\u201e\u2033«»\u2010\u2011\u2012\u2013\u2014\u2212" +
    "\u00a0\u2007\u2009\u202f•·\u200b\u200d\u2060\ufeff\ufe0f",
);

/** The signs, each once, that an SMS without accents leaves out: emoji and other scripts. */
export function smsLeftOut(text) {
  const lacks = (sign) => {
    if (PLAINER.has(sign)) return false;
    const bare = sign.normalize("NFD").replace(/\p{Mn}/gu, "");
    return !Array.from(bare).every((part) => PLAIN.has(part) || DOUBLE.has(part));
  };
  return [...new Set(Array.from(text.normalize("NFC")).filter(lacks))];
}

/** `{alphabet: "gsm7" | "ucs2", signs, parts}`; no sign is cut in two between parts. */
export function smsSize(text) {
  const signs = Array.from(text.normalize("NFC"));
  const plain = signs.every((sign) => PLAIN.has(sign) || DOUBLE.has(sign));
  const alphabet = plain ? "gsm7" : "ucs2";
  const widths = signs.map((sign) => (plain ? (DOUBLE.has(sign) ? 2 : 1) : sign.length));
  const [alone, inPart] = ROOM[alphabet];
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (units <= alone) return { alphabet, signs: signs.length, parts: units > 0 ? 1 : 0 };
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > inPart) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return { alphabet, signs: signs.length, parts };
}
