/** Ed25519 by the browser's own WebCrypto, or by a vendored script where it does not know the curve. */

const fromBase64url = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const SCRIPT = "/static/vendor/noble-ed25519-3.2.0/index.js";
const vendored = () => import(SCRIPT);

/** `isGenuine(read, keys)` with `keys` as GET /gate/keys lists them; needs a secure context. */
export function createVerifier(subtle, fallback = vendored) {
  const imported = new Map();
  let native = true;

  async function keyOf({ x }) {
    if (!imported.has(x)) {
      const jwk = { kty: "OKP", crv: "Ed25519", x };
      imported.set(x, await subtle.importKey("jwk", jwk, { name: "Ed25519" }, false, ["verify"]));
    }
    return imported.get(x);
  }

  async function byScript(read, { x }) {
    const { verifyAsync } = await fallback();
    return verifyAsync(read.signature, read.signed, fromBase64url(x), { zip215: false }).catch(() => false);
  }

  async function isGenuine(read, keys) {
    const key = read && keys.find((one) => one.kid === read.kid);
    if (!key || read.signature.length !== 64) return false;
    if (native) {
      try {
        return await subtle.verify({ name: "Ed25519" }, await keyOf(key), read.signature, read.signed);
      } catch {
        native = false;
      }
    }
    return byScript(read, key);
  }

  /** Finds out what the browser knows while there is a network to fetch the script by. */
  async function prepare(keys) {
    try {
      await keyOf(keys[0]);
    } catch {
      native = false;
      await fallback();
    }
  }

  return { isGenuine, prepare };
}
