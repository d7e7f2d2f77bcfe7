/** What a kiosk works by: the park's key, the questions, the notice. Nameless, kept on the machine. */

const NAME = "kiosk";

/** ports: api, session, store, random. */
export function createPapers({ api, session, store, random }) {
  /** The papers of the kiosk that is signed in here; null when it is not set up. */
  async function read() {
    const [kept, current] = [await store.read(NAME), await session.current()];
    return kept && current && kept.id === current.owner ? kept : null;
  }

  /** Asks for them anew: "kept", "away" when the park is not reached, "refused" when it knows no such kiosk. */
  async function renew() {
    const reply = await api.call("/api/v1/kiosk");
    if (reply.ok) {
      await store.write(NAME, reply.json);
      return "kept";
    }
    return [401, 403, 404].includes(reply.status) ? "refused" : "away";
  }

  /** Makes this machine the kiosk of a one-time code; null when done, else the park's reply. */
  async function setUp(code, label) {
    const device = { id: await session.deviceId(random), label };
    const reply = await api.send("/api/v1/kiosk/set-up", { text: JSON.stringify({ code, device }) });
    if (!reply.ok) return reply;
    await session.start(reply.json);
    return (await renew()) === "kept" ? null : { status: 0, json: null };
  }

  return { read, renew, setUp };
}
