/** Which kept page answers an address, and what may be kept at all. Pure. */

const parts = (path) => path.split("/");

/** Whether `/groups/-/roll-call` stands for `/groups/12/roll-call`. */
export function standsFor(address, path) {
  const [own, asked] = [parts(address), parts(path)];
  return own.length === asked.length && own.every((part, at) => (part === "-" ? asked[at] !== "" : part === asked[at]));
}

/** The kept page of an address; `list` is what the park lets browsers keep. */
export const pageFor = (list, path) => list.pages.find((page) => standsFor(page.address, path)) || null;

/** The kept page that takes the place of a page of the park that is not reached. */
export const insteadOf = (list, path) =>
  list.pages.find((page) => page.instead_of && standsFor(page.instead_of, path)) || null;

/** Where a page in a language is kept. */
export const keptAt = (address, language) => `${address}?lang=${language}`;

/** The language of an address `?lang=`, else the one last seen on this device, else the park's. */
export function languageOf(list, url, known) {
  const asked = url.searchParams.get("lang");
  return [asked, known, list.locale].find((one) => list.languages.includes(one));
}

/** Whether a file is one of the kept ones: its digest, or undefined. */
export const digestOf = (list, address) => list.files[address] || list.seldom[address];

/** The park's own words, not those of a proxy that cannot reach it. */
export const isFromPark = (status) => status < 502;
