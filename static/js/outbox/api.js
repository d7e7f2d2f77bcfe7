/** Talks to the park's JSON API with the phone's token, never with a cookie; learns the clock offset. */

const LONGEST_ANSWER = 30_000;
const NOTED_EVERY = 10_000;
const CONTACT = "contact_at";
const NO_ANSWER = { ok: false, status: 0, json: null, retryAfter: null };

/** The park's clock minus this phone's, in ms, taken at the middle of the exchange. */
export function learntOffset(serverTime, dateHeader, sentAt, gotAt) {
  const exact = Date.parse(serverTime || "");
  // A Date header is cut to the second: its middle is the best guess.
  const server = Number.isNaN(exact) ? Date.parse(dateHeader || "") + 500 : exact;
  return Number.isNaN(server) ? null : Math.round(server - (sentAt + gotAt) / 2);
}

/**
 * ports: fetch, store, session, clock, schedule, language() -> "vi".
 * `state()` is `{reachable, authorised}`, each null before any try.
 */
export function createApi({ fetch, store, session, clock, schedule, language = () => "vi" }) {
  const listeners = new Set();
  let state = { reachable: null, authorised: null };
  let offset;
  let contact;

  function note(news) {
    const next = { ...state, ...news };
    if (next.reachable === state.reachable && next.authorised === state.authorised) return;
    state = next;
    listeners.forEach((listener) => listener());
  }

  async function contactAt() {
    if (contact === undefined) contact = (await store.read(CONTACT)) ?? null;
    return contact;
  }

  /** The park has answered this machine just now. */
  async function noteContact() {
    const now = clock.now();
    if (Math.abs(now - ((await contactAt()) || 0)) < NOTED_EVERY) return;
    contact = now;
    await store.write(CONTACT, now).catch(() => {});
  }

  async function clockOffset() {
    if (offset === undefined) offset = (await store.read("clock_offset")) ?? null;
    return offset;
  }

  async function learn(json, dateHeader, sentAt) {
    const found = learntOffset(json && json.server_time, dateHeader, sentAt, clock.now());
    if (found === null || found === offset) return;
    offset = found;
    await store.write("clock_offset", found).catch(() => {});
  }

  async function exchange(path, { method, token, text, keepalive, signal }) {
    const sentAt = clock.now();
    const response = await fetch(path, {
      method,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      keepalive,
      signal,
      headers: {
        Accept: "application/json",
        "Accept-Language": language(),
        ...(text === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const json = await response.json().catch(() => null);
    await learn(json, response.headers.get("Date"), sentAt);
    return { ok: response.ok, status: response.status, json, retryAfter: response.headers.get("Retry-After") };
  }

  /** Never throws: status 0 when the park was not reached or something else answered in its place. */
  async function send(path, { method = "POST", token = null, text, keepalive = false } = {}) {
    const abort = new AbortController();
    const cancel = schedule(() => abort.abort(), LONGEST_ANSWER);
    try {
      const reply = await exchange(path, { method, token, text, keepalive, signal: abort.signal });
      // A Wi-Fi log-in page says 200 and is no answer of the park.
      const ours = reply.json !== null || reply.status === 204 || !reply.ok;
      const reached = ours && reply.status < 502;
      if (reached) await noteContact().catch(() => {});
      note({ reachable: reached });
      if (token && (reply.ok || reply.status === 401)) note({ authorised: reply.ok });
      return ours ? reply : NO_ANSWER;
    } catch {
      note({ reachable: false });
      return NO_ANSWER;
    } finally {
      cancel();
    }
  }

  async function renewed() {
    const current = await session.current();
    if (!current || !current.token) return false;
    const reply = await send("/api/v1/commands", { token: current.token, text: '{"commands":[]}' });
    if (!reply.ok || !reply.json || !reply.json.token) return false;
    await session.renew(current.token, reply.json.token, reply.json.token_expires_at);
    return true;
  }

  async function asMe(path, options) {
    const current = await session.current();
    const reply = await send(path, { ...options, token: current && current.token });
    return { ...reply, serial: current && current.serial };
  }

  /** A call as whoever is signed in; an expired token is renewed once, by the call that still takes it. */
  async function call(path, { method = "GET", body } = {}) {
    const options = { method, text: body === undefined ? undefined : JSON.stringify(body) };
    const reply = await asMe(path, options);
    if (reply.status !== 401 || !(await renewed())) return reply;
    return asMe(path, options);
  }

  function subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { send, call, clockOffset, contactAt, noteContact, subscribe, state: () => state };
}
