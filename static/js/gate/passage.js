/** Who went through here, by opaque name: for whoever is shown twice, and for the counts on screen. */

const NAME = "gate_seen";
const REMEMBERED = 24 * 3600;
const OF_THIS_SHIFT = 14 * 3600;

export function createPassage(store) {
  let seen = {};

  const recall = async () => (seen = (await store.read(NAME).catch(() => null)) || {});

  const lastOf = (key) => (seen[key] && seen[key].went) || null;

  /** Notes an outcome of judge.js; nothing is noted of a code that names nobody. */
  async function note({ key, action, at }, direction) {
    if (!key) return;
    const passed = action === "enter" || action === "leave";
    seen[key] = { action, at, went: passed ? [direction, at] : lastOf(key) };
    for (const [other, { at: when }] of Object.entries(seen)) if (at - when > REMEMBERED) delete seen[other];
    await store.write(NAME, seen);
  }

  /** `{entered, waiting, stopped}` of the last hours, each person by the newest word. */
  function counts(at) {
    const recent = Object.values(seen).filter((one) => at - one.at < OF_THIS_SHIFT);
    const like = (action) => recent.filter((one) => one.action === action).length;
    return { entered: recent.filter((one) => one.went && one.went[0] === "in").length, waiting: like("wait"), stopped: like("stop") };
  }

  return { recall, lastOf, note, counts };
}
