/** What a screen on a wall shows at a moment, from what the park told it last. Pure. */

/** How long one slide stands: 180 signs read aloud at a calm pace. */
export const TURN = 14_000;
const MOST = 180;
const SHORT = 80;
// After so long without an answer the screen says that it does not reach the park.
const QUIET_AFTER = 90_000;
const RANK = { extreme: 0, severe: 1, moderate: 2, minor: 3 };

const holds = (one, now) => Date.parse(one.expires_at) > now;
const rank = (notice) => RANK[String(notice.severity || "").toLowerCase()] ?? 4;
const byWeight = (one, other) => rank(one) - rank(other) || Date.parse(other.sent_at) - Date.parse(one.sent_at);

/** A text in parts that fit a screen: whole sentences where they fit, else whole words. */
export function partsOf(text, most = MOST) {
  const sentences = String(text || "").replace(/([.!?…:;])\s+/g, "$1\n").split(/\n+/).map((one) => one.trim());
  const pieces = sentences.flatMap((sentence) => (sentence.length > most ? cutWords(sentence, most) : [sentence]));
  const parts = [];
  for (const piece of pieces.filter(Boolean)) {
    const last = parts[parts.length - 1];
    if (last !== undefined && last.length + piece.length < most) parts[parts.length - 1] = `${last} ${piece}`;
    else parts.push(piece);
  }
  return parts.length > 0 ? parts : [""];
}

function cutWords(sentence, most) {
  const lines = [""];
  for (const word of sentence.split(/\s+/).flatMap((one) => one.match(new RegExp(`.{1,${most}}`, "gsu")) || [])) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length + 1 > most) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}

const sizeOf = (text) => (text.length <= SHORT ? "short" : "long");

function slidesOf(one, kind, languages) {
  const written = languages.filter((language) => one.texts[language]);
  const chosen = written.length > 0 ? written : Object.keys(one.texts).slice(0, 1);
  return chosen.flatMap((language) => {
    const parts = partsOf(one.texts[language]);
    return parts.map((text, at) => ({
      key: `${one.id}:${one.version || 1}:${language}:${at}`,
      kind,
      grave: kind === "notice" && rank(one) <= 1,
      corrected: kind === "notice" && (one.version || 1) > 1,
      language,
      title: one.titles[language] || "",
      text,
      size: sizeOf(text),
      part: parts.length > 1 ? `${at + 1}/${parts.length}` : "",
      sent_at: one.sent_at,
    }));
  });
}

/** Every slide that holds at `now`: notices, the gravest first; reminders only when there is none. */
export function slidesAt(told, now, languages) {
  const notices = told.notices.filter((one) => holds(one, now)).sort(byWeight);
  if (notices.length > 0) return notices.flatMap((one) => slidesOf(one, "notice", languages));
  return told.reminders.filter((one) => holds(one, now)).flatMap((one) => slidesOf(one, "reminder", languages));
}

/** The slide of a moment; the screen turns by the clock, so that two screens show the same. */
export const slideAt = (slides, now) => (slides.length > 0 ? slides[Math.floor(now / TURN) % slides.length] : null);

/** The reminder that runs under the notices: the newest that holds, in the language of the slide. */
export function stripAt(told, now, language) {
  if (!told.notices.some((one) => holds(one, now))) return "";
  const newest = told.reminders.find((one) => holds(one, now));
  return newest ? newest.texts[language] || newest.texts.vi || "" : "";
}

/** Whether what is shown has not been asked about for so long that the screen must say so. */
export const isCutOff = (answeredAt, now) => !(Math.abs(now - answeredAt) < QUIET_AFTER);

/** The languages a screen takes turns in. */
export const languagesOf = (choice) => (["vi", "en"].includes(choice) ? [choice] : ["vi", "en"]);
