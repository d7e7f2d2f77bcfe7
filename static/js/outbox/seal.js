/** Closes values under a key that cannot be read out (AES-GCM). Secure contexts only. */

const ALGORITHM = "AES-GCM";

const bytesOf = (text) => new TextEncoder().encode(text);

/** null where the browser has no WebCrypto: plain HTTP. `about` says what is closed, so that none takes another's place. */
export function createSeal({ subtle, random }) {
  if (!subtle) return null;

  const keyOf = (raw) => subtle.importKey("raw", raw, ALGORITHM, false, ["encrypt", "decrypt"]);

  const newKey = () => keyOf(random(32));

  async function closeBytes(key, plain, about) {
    const iv = random(12);
    const bytes = await subtle.encrypt({ name: ALGORITHM, iv, additionalData: bytesOf(about) }, key, plain);
    return { iv, bytes };
  }

  /** null when this key does not open it. */
  async function openBytes(key, sealed, about) {
    try {
      return await subtle.decrypt({ name: ALGORITHM, iv: sealed.iv, additionalData: bytesOf(about) }, key, sealed.bytes);
    } catch {
      return null;
    }
  }

  const close = (key, value, about) => closeBytes(key, bytesOf(JSON.stringify(value)), about);

  async function open(key, sealed, about) {
    const plain = sealed && (await openBytes(key, sealed, about));
    return plain ? JSON.parse(new TextDecoder().decode(plain)) : null;
  }

  return { keyOf, newKey, closeBytes, openBytes, close, open };
}
