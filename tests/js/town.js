/** A park in memory that takes open commands, and those that a shared machine closed for it. */
import assert from "node:assert/strict";

import { makeBox } from "./park-box.js";
import { NOW, json, makePark } from "./park.js";

/** `shut` while it cannot be reached; `revoked` are tokens taken back; `handedIn` whose closed commands came. */
export function makeTown({ judge } = {}) {
  const box = makeBox();
  const park = makePark({ judge });
  const town = { box, park, shut: false, revoked: new Set(), handedIn: [] };
  town.fetch = async (path, options) => {
    if (town.shut) throw new TypeError("failed");
    if (path === "/api/v1/commands/key") return json(200, { key: box.jwk });
    if (path !== "/api/v1/commands/sealed") return json(200, park.take(path, options));
    const results = JSON.parse(options.body).commands.map(({ key, sealed }) => {
      const { token, command } = box.open(sealed);
      assert.equal(command.key, key);
      town.handedIn.push(token);
      if (town.revoked.has(token)) return { key, outcome: "retry", code: "accounts.sign_in_needed" };
      const [result] = park.take(path, { body: JSON.stringify({ commands: [command] }) }).results;
      return { key, outcome: result.outcome, ...(result.code ? { code: result.code } : {}) };
    });
    return json(200, { results, server_time: new Date(NOW).toISOString() });
  };
  return town;
}
