/** The frame of the worker's pages: the offline banner and the number of unread messages. */

import { fill } from "./slots.js";

/** Slate, not a health colour, and only while the park does not answer. */
export function followRoad(api) {
  const banner = document.querySelector("[data-offline]");
  if (!banner) return;
  const show = () => (banner.hidden = api.state().reachable !== false);
  api.subscribe(show);
  show();
}

/** Puts the number on the inbox tab, in the words of `<template data-view="unread">`. */
export function showUnread(count) {
  const tab = document.querySelector('.tabbar a[href="/inbox"]');
  const template = document.querySelector('template[data-view="unread"]');
  if (!tab || !template) return;
  tab.querySelectorAll(".count").forEach((old) => old.remove());
  if (count > 0) tab.append(fill(template.content.cloneNode(true), { count }));
}

/** Says a sentence to whoever cannot see the page change. */
export function announce(root, text) {
  const status = root.querySelector("[data-announce]");
  if (status && text) status.textContent = text;
}

/** Puts the reader at the top of what has just appeared. */
export function focusHeading(root) {
  const heading = root.querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}
