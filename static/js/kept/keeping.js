/** The cache of one version: filled whole or not at all, from what is here already where it is the same. */
import { digestOf, keptAt } from "./answering.js";

const FAMILY = "an-ca-kept-";
const CHOICES = "an-ca-choices";
const LANGUAGE = "/language";
// Their address changes with their bytes, so a copy that the browser has is right.
const UNCHANGING = /^\/(joined|static\/(fonts|vendor))\//;

export const cacheName = (list) => FAMILY + list.version;

async function digest(response) {
  const bytes = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(bytes)))}`;
}

async function sameHere(address, wanted) {
  const here = await caches.match(address);
  return here && (await digest(here.clone())) === wanted ? here : null;
}

// Without cookies: a shell is the same for everybody, and asking for a language shall not choose it.
const ask = (address, wanted, cache) =>
  fetch(address, { cache, credentials: "omit", redirect: "error", integrity: wanted });

const fetched = (address, wanted) =>
  UNCHANGING.test(address)
    ? ask(address, wanted, "default").catch(() => ask(address, wanted, "reload"))
    : ask(address, wanted, "reload");

async function keepOne(cache, list, address) {
  const wanted = digestOf(list, address);
  const response = (await sameHere(address, wanted)) || (await fetched(address, wanted));
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  await cache.put(address, response);
}

async function keepAll(list, addresses) {
  const cache = await caches.open(cacheName(list));
  const left = [...addresses];
  // A few at a time: a phone on a weak signal drops forty at once.
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) await keepOne(cache, list, next);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

const here = async (address) => ((await caches.match(address)) ? address : null);

/** What of the seldom files this device has had, and all that goes with a page that it has had. */
async function seldomHere(list) {
  const had = (await Promise.all(Object.keys(list.seldom).map(here))).filter(Boolean);
  const pages = list.pages.filter((page) => list.languages.some((one) => had.includes(keptAt(page.address, one))));
  return [...new Set([...had, ...pages.flatMap((page) => page.also)])];
}

/** Takes every page and file of the list; what is not for everywhere only where this device has had it. */
export async function keepVersion(list) {
  try {
    await keepAll(list, [...Object.keys(list.files), ...(await seldomHere(list))]);
  } catch (failure) {
    await caches.delete(cacheName(list));
    throw failure;
  }
}

/** Takes what is kept with a page only where that was opened. */
export async function keepAlso(list, page) {
  const cache = await caches.open(cacheName(list));
  const lacking = await Promise.all(page.also.map(async (one) => ((await cache.match(one)) ? null : one)));
  await keepAll(list, lacking.filter(Boolean));
}

/** Drops what earlier versions kept. */
export async function dropOthers(list) {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(FAMILY) && name !== cacheName(list));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** A kept answer of this version. */
export const kept = async (list, address) => (await caches.open(cacheName(list))).match(address);

/** A kept page in a language. */
export const keptPage = (list, page, language) => kept(list, keptAt(page.address, language));

export async function rememberLanguage(language) {
  await (await caches.open(CHOICES)).put(LANGUAGE, new Response(language));
}

/** The language that this device last saw; null before any. */
export async function knownLanguage() {
  const answer = await (await caches.open(CHOICES)).match(LANGUAGE);
  return answer ? answer.text() : null;
}
