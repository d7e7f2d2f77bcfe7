/**
 * A command closed for the park alone: a compact JWE (RFC 7516, ECDH-ES on P-256 with A256GCM). Whoever uses
 * this machine next hands it in and cannot read it.
 */

const PARK_KEY = "park_key";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const bytesOf = (text) => new TextEncoder().encode(text);

function base64url(buffer) {
  const text = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const number32 = (value) => new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole;
}

// RFC 7518, 4.6.2: one round of the Concat KDF is enough for 256 bits.
const kdfInput = (shared, name) =>
  joined(number32(1), shared, number32(name.length), bytesOf(name), number32(0), number32(0), number32(256));

/** `close(content)` gives the JWE, or null while this machine does not know the park's key. */
export function createParcels({ subtle, random, store }) {
  async function contentKey(parkKey, ownKey) {
    const { kty, crv, x, y } = parkKey;
    const theirs = await subtle.importKey("jwk", { kty, crv, x, y }, CURVE, false, []);
    const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, ownKey, 256);
    const raw = await subtle.digest("SHA-256", kdfInput(shared, "A256GCM"));
    return subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  }

  async function close(content) {
    const parkKey = await store.read(PARK_KEY);
    if (!parkKey) return null;
    const pair = await subtle.generateKey(CURVE, true, ["deriveBits"]);
    const { kty, crv, x, y } = await subtle.exportKey("jwk", pair.publicKey);
    const header = { alg: "ECDH-ES", enc: "A256GCM", kid: parkKey.kid, epk: { kty, crv, x, y } };
    const head = base64url(bytesOf(JSON.stringify(header)));
    const iv = random(12);
    const key = await contentKey(parkKey, pair.privateKey);
    const closed = await subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: bytesOf(head) },
      key,
      bytesOf(JSON.stringify(content)),
    );
    const [text, tag] = [closed.slice(0, -16), closed.slice(-16)];
    return [head, "", base64url(iv), base64url(text), base64url(tag)].join(".");
  }

  /** Asks for the park's key once in each session; `ask(path)` is a call without a token. */
  async function learnKey(ask, stamp) {
    const known = await store.read(PARK_KEY);
    if (known && known.stamp === stamp) return;
    const reply = await ask("/api/v1/commands/key");
    if (reply.ok && reply.json && reply.json.key) await store.write(PARK_KEY, { ...reply.json.key, stamp });
  }

  return { close, learnKey };
}
