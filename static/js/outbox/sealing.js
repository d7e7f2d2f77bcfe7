/** Seals a command for the park alone: compact JWE, ECDH-ES on P-256 with A256GCM (RFC 7516, 7518). */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const KEY_BITS = 256;
const TAG_BYTES = 16;
const BLOCK = 1024;
const ENCRYPTION = "A256GCM";

const utf8 = new TextEncoder();

export function base64url(bytes) {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const publicPart = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

/** The JSON with spaces behind it up to a whole block: its length says nothing of the answer. */
export function padded(content) {
  const bytes = utf8.encode(JSON.stringify(content));
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK).fill(0x20);
  whole.set(bytes);
  return whole;
}

const counted = (number) => new Uint8Array([0, 0, number >> 8, number & 255]);

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One round of the Concat KDF is all that 256 bits need (RFC 7518, 4.6.2); no names of parties. */
async function agreedKey(subtle, shared) {
  const name = utf8.encode(ENCRYPTION);
  const about = joined(counted(name.length), name, counted(0), counted(0), counted(KEY_BITS));
  const bits = await subtle.digest("SHA-256", joined(counted(1), new Uint8Array(shared), about));
  return subtle.importKey("raw", bits, { name: "AES-GCM" }, false, ["encrypt"]);
}

async function freshPair(subtle) {
  const pair = await subtle.generateKey(CURVE, false, ["deriveBits"]);
  return { secret: pair.privateKey, jwk: await subtle.exportKey("jwk", pair.publicKey) };
}

/**
 * `key` is the park's public JWK with its `kid`. ports: subtle, random(n) -> bytes; `pair` gives the
 * ephemeral key, anew for each answer.
 */
export function createSealing({ subtle, random, pair = () => freshPair(subtle) }) {
  return async function seal(content, key) {
    const park = await subtle.importKey("jwk", publicPart(key), CURVE, false, []);
    const own = await pair();
    const shared = await subtle.deriveBits({ name: "ECDH", public: park }, own.secret, KEY_BITS);
    const head = { alg: "ECDH-ES", enc: ENCRYPTION, kid: key.kid, epk: publicPart(own.jwk) };
    const protectedHead = base64url(utf8.encode(JSON.stringify(head)));
    const iv = random(12);
    const cipher = { name: "AES-GCM", iv, additionalData: utf8.encode(protectedHead), tagLength: TAG_BYTES * 8 };
    const closed = new Uint8Array(await subtle.encrypt(cipher, await agreedKey(subtle, shared), padded(content)));
    const [text, tag] = [closed.slice(0, -TAG_BYTES), closed.slice(-TAG_BYTES)];
    return [protectedHead, "", base64url(iv), base64url(text), base64url(tag)].join(".");
  };
}
