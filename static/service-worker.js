/**
 * Opens the park's shells without the park and sends what waits. The server joins this with its modules
 * and puts `self.KEPT`, the list of what may be kept, before it (app/web/kept.py). Nothing else is ever
 * kept: no page of a person, no redirect, no error, nothing of /api.
 */
import { digestOf, insteadOf, isFromPark, languageOf, pageFor } from "./js/kept/answering.js";
import { dropOthers, keepAlso, keepVersion, kept, keptPage, knownLanguage, rememberLanguage } from "./js/kept/keeping.js";
import { wire } from "./js/outbox/wiring.js";

const LIST = self.KEPT;
const OFFLINE = { address: LIST.offline };
const PATIENCE_WITH_A_STAND_IN = 8_000;
const PATIENCE = 60_000;

const quietly = (work) => work.catch(() => {});

self.addEventListener("install", (event) => event.waitUntil(keepVersion(LIST)));

self.addEventListener("activate", (event) =>
  event.waitUntil(dropOthers(LIST).then(() => Promise.all([self.clients.claim(), quietly(keepAlsoOfOpenPages())]))),
);

// A page that was open before there was a service worker was not opened through it.
async function keepAlsoOfOpenPages() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = open.map((client) => pageFor(LIST, new URL(client.url).pathname)).filter(Boolean);
  await Promise.all(pages.map((page) => keepAlso(LIST, page)));
}

function inTime(answer, wait) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), wait));
  return Promise.race([answer, late]);
}

async function fromPark(request, wait) {
  const answer = await inTime(fetch(request), wait);
  if (!isFromPark(answer.status)) throw new Error(String(answer.status));
  return answer;
}

async function openShell(event, page, url) {
  const language = languageOf(LIST, url, await knownLanguage());
  if (page.also && page.also.length > 0) event.waitUntil(quietly(keepAlso(LIST, page)));
  return keptPage(LIST, page, language);
}

/** A shell from here; every other page from the park, and while it is not reached the page for that. */
async function navigate(event, url) {
  const page = pageFor(LIST, url.pathname);
  const choosing = url.searchParams.has("lang");
  if (choosing) await quietly(rememberLanguage(languageOf(LIST, url, null)));
  // Whoever chooses a language also tells the park.
  if (page && !choosing) {
    const here = await openShell(event, page, url);
    if (here) return here;
  }
  const standIn = page || insteadOf(LIST, url.pathname);
  try {
    return await fromPark(event.request, standIn ? PATIENCE_WITH_A_STAND_IN : PATIENCE);
  } catch (failure) {
    const here = await openShell(event, standIn || OFFLINE, url);
    if (here) return here;
    throw failure;
  }
}

async function file(request, address) {
  return (await kept(LIST, address)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(navigate(event, url));
  else if (!url.search && digestOf(LIST, url.pathname)) event.respondWith(file(request, url.pathname));
});

self.addEventListener("message", (event) => {
  const { kind, language } = event.data || {};
  // A person has chosen the new version.
  if (kind === "use_now") event.waitUntil(self.skipWaiting());
  // A page opened without the park speaks as the last page did.
  if (kind === "language" && LIST.languages.includes(language)) event.waitUntil(quietly(rememberLanguage(language)));
});

// A bell: what it rings for is read in the inbox.
self.addEventListener("push", (event) => {
  const { t, b, u, m } = event.data.json();
  const body = JSON.stringify({ mark: m });
  const headers = { "Content-Type": "application/json" };
  const shown = self.registration.showNotification(t, { body: b, tag: u, renotify: true, data: u });
  event.waitUntil(shown.then(() => quietly(fetch("/api/v1/push/rung", { method: "POST", headers, body }))));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});

let wired = null;

/** Sends what waits while no page is open; asks to be called again when the park was not reached. */
async function sendWaiting() {
  const language = (await knownLanguage()) || LIST.locale;
  wired = wired || wire({ language: () => language });
  await wired.outbox.flush({ eager: true });
  if ((await wired.outbox.countWaiting()) > 0 && wired.api.state().reachable === false) throw new Error("not reached");
}

self.addEventListener("sync", (event) => event.waitUntil(sendWaiting()));
