/** What the browser around the page is and lacks. Pure. */

const IN_APPS = [
  [/Zalo/i, "Zalo"],
  [/FBAN|FBAV|FB_IAB/, "Facebook"],
  [/Messenger/i, "Messenger"],
  [/Instagram/i, "Instagram"],
  [/TikTok|musical_ly|BytedanceWebview/i, "TikTok"],
  [/\bLine\//i, "LINE"],
];

/** The app whose own small browser this is, which keeps nothing for long; null in a browser of its own. */
export const inAppBrowser = (agent) => (IN_APPS.find(([pattern]) => pattern.test(agent)) || [null, null])[1];

/** Safari on an iPhone or iPad, the only browser there that puts pages on the home screen well. */
export const isAppleSafari = (agent) =>
  /iPhone|iPad/.test(agent) && /Safari/.test(agent) && !/CriOS|FxiOS|EdgiOS/.test(agent) && !inAppBrowser(agent);

/**
 * Why pages do not open here without the park; null when they do. `failure` is the name of the error that
 * the service worker was refused with.
 */
export function whyNotOffline({ secure, able, failure = null }) {
  if (!secure) return "not_encrypted";
  if (!able) return "not_able";
  // A warning about the certificate was clicked away: everything works but this.
  return failure === "SecurityError" ? "not_trusted" : null;
}

const LITTLE = 5 * 1024 * 1024;

/** Whether so little room is left that the next answer may not fit. */
export const isTight = (estimate) =>
  Boolean(estimate && estimate.quota > 0) && estimate.quota - (estimate.usage || 0) < LITTLE;
