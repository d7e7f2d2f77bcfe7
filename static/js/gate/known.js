/** What this gate knows: keys, revocations, people, and the highest time ever seen. Kept sealed. */
import { openBox } from "./box.js";
import { badgeKey } from "./verdict.js";

const HIGHEST = "gate_highest";

const seconds = (moment) => Math.floor(Date.parse(moment) / 1000);

const added = (lists, key, row) => lists.set(key, [...(lists.get(key) || []), row]);

/** ports: api, session, store, subtle, clock. `now()` gives what is known at this moment. */
export function createKnown({ api, session, store, subtle, clock }) {
  let keys = null;
  let gate = null;
  let people = null;
  let highest = null;
  let refused = null;

  function takeKeys(told, at) {
    keys = { ...told, got_at: at };
    gate = {
      park: told.park ? told.park.code : "",
      companies: told.companies && new Set(told.companies),
      kids: new Set(told.keys.map((key) => key.kid)),
      revoked: new Set(told.revocations),
    };
  }

  function takePeople(told, at) {
    const byBadge = new Map();
    for (const row of told.rows) added(byBadge, badgeKey(row.badge), row);
    const bySub = new Map(told.rows.map((row) => [row.sub, row]));
    people = { as_of: told.as_of, rows: told.rows, byBadge, bySub, got_at: at };
  }

  /** Time goes one way: only a later one is taken. */
  async function raise(to) {
    if (!Number.isInteger(to) || (highest !== null && to <= highest)) return;
    highest = to;
    highest = await store.update(HIGHEST, (last) => (Number.isInteger(last) && last > to ? last : to)).catch(() => to);
  }

  async function refreshKeys() {
    const reply = await api.call("/api/v1/gate/keys");
    refused = reply.status === 403 || reply.status === 401 ? reply.status : reply.ok ? null : refused;
    if (!reply.ok) return false;
    takeKeys(reply.json, clock.now());
    await raise(seconds(reply.json.as_of));
    await session.keep("gate_keys", reply.json, { at: clock.now(), serial: reply.serial }).catch(() => {});
    return true;
  }

  async function refreshPeople() {
    const reply = await api.call("/api/v1/gate/roster");
    if (!reply.ok) return;
    const current = await session.current();
    const { rows } = await openBox(reply.json.box, current.token, subtle);
    const told = { as_of: reply.json.as_of, rows };
    takePeople(told, clock.now());
    await session.keep("gate_roster", told, { at: clock.now(), serial: reply.serial }).catch(() => {});
  }

  async function refresh() {
    if (await refreshKeys()) await refreshPeople().catch(() => {});
  }

  /** What was kept from before, without any network. */
  async function recall() {
    const [oldKeys, oldPeople, seen] = await Promise.all([
      session.kept("gate_keys").catch(() => null),
      session.kept("gate_roster").catch(() => null),
      store.read(HIGHEST).catch(() => null),
    ]);
    if (Number.isInteger(seen)) await raise(seen);
    if (oldKeys && !keys) takeKeys(oldKeys.value, oldKeys.at);
    if (oldPeople && !people) takePeople(oldPeople.value, oldPeople.at);
  }

  function forget() {
    keys = gate = people = refused = null;
  }

  return { recall, refresh, raise, forget, now: () => ({ keys, gate, people, highest, refused }) };
}
