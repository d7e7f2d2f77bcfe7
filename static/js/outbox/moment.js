/** Moments as ISO 8601 text with an offset, and as the wall clock of the park. */

const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");

const MINUTE = 60_000;

/** `eastMinutes` is how far east of UTC the wall clock stands: 420 in Viet Nam. */
export function isoWithOffset(at, eastMinutes) {
  const local = new Date(at + eastMinutes * MINUTE).toISOString().slice(0, 23);
  const sign = eastMinutes < 0 ? "-" : "+";
  return `${local}${sign}${two(eastMinutes / 60)}:${two(Math.abs(eastMinutes) % 60)}`;
}

/** Minutes east of UTC that an ISO text states; null when it states none or only Z. */
export function statedOffset(iso) {
  const found = /([+-])(\d\d):?(\d\d)$/.exec(iso || "");
  if (!found) return null;
  return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/** The wall clock `{day: "2021-11-09", time: "05:21"}` of a moment at an offset; null for no moment. */
export function wallClock(moment, eastMinutes) {
  const at = typeof moment === "number" ? moment : Date.parse(moment || "");
  if (Number.isNaN(at)) return null;
  const text = new Date(at + eastMinutes * MINUTE).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
}

/** Whole days from one `YYYY-MM-DD` to another. */
export function daysBetween(from, to) {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
