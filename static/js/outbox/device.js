/** What this phone calls itself when it signs in: enough for its owner to know it in a list. */

const SYSTEMS = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh/, "Mac"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];
const BROWSERS = [
  [/Zalo/i, "Zalo"],
  [/FBAN|FBAV/, "Facebook"],
  [/SamsungBrowser/, "Samsung Internet"],
  [/Edg/, "Edge"],
  [/OPR/, "Opera"],
  [/Firefox|FxiOS/, "Firefox"],
  [/Chrome|CriOS/, "Chrome"],
  [/Safari/, "Safari"],
];

const first = (names, agent) => (names.find(([pattern]) => pattern.test(agent)) || [])[1];

/** "Android · Chrome" from a browser's name of itself. */
export const deviceLabel = (agent) =>
  [first(SYSTEMS, agent), first(BROWSERS, agent)].filter(Boolean).join(" · ") || "?";
