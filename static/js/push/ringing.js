/** Whether this phone rings when something arrives, and how it is switched on and off. */

const ADDRESS = "/api/v1/push";

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};

const isSame = (held, key) => {
  if (!held) return false;
  const own = new Uint8Array(held);
  return own.length === key.length && own.every((value, index) => value === key[index]);
};

/** What this browser gives whoever may ring it with a key; refused where its push service is. */
export async function subscribed(manager, key) {
  const wanted = bytes(key);
  let held = await manager.getSubscription();
  // What was given to another node's key can never ring for this one.
  if (held && !isSame(held.options && held.options.applicationServerKey, wanted)) {
    await held.unsubscribe();
    held = null;
  }
  return held || manager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

/**
 * ports: api, session, browser {secure, able, permission(), ask(), pushManager()}.
 * Every call resolves to one word: insecure, unable, signed_out, unreachable, node_off, blocked, off, on.
 */
export function createRinging({ api, session, browser }) {
  let key = null;

  async function look() {
    if (!browser.secure) return "insecure";
    if (!browser.able) return "unable";
    if (!(await session.current())) return "signed_out";
    const reply = await api.call(ADDRESS);
    if (reply.status === 401) return "signed_out";
    if (!reply.ok) return "unreachable";
    key = reply.json.public_key;
    if (!key) return "node_off";
    if (browser.permission() === "denied") return "blocked";
    const held = await (await browser.pushManager()).getSubscription();
    return reply.json.on && held ? "on" : "off";
  }

  /** Only after somebody's tap: browsers ask for leave only then. */
  async function turnOn() {
    if ((await browser.ask()) !== "granted") return browser.permission() === "denied" ? "blocked" : "off";
    const manager = await browser.pushManager();
    let held = null;
    try {
      held = await subscribed(manager, key);
    } catch {
      return "refused";
    }
    const reply = await api.call(ADDRESS, { method: "POST", body: { subscription: held.toJSON() } });
    if (reply.ok) return "on";
    return reply.status === 0 ? "unreachable" : "refused";
  }

  /** The park first: a phone that it still takes for one that rings would never be told again. */
  async function turnOff() {
    const reply = await api.call(ADDRESS, { method: "DELETE" });
    if (!reply.ok) return reply.status === 401 ? "signed_out" : "unreachable";
    const held = await (await browser.pushManager()).getSubscription();
    if (held) await held.unsubscribe().catch(() => {});
    return "off";
  }

  return { look, turnOn, turnOff };
}
