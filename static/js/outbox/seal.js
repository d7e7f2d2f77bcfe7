/** Closes kept copies with a key that cannot be read out and dies at sign-out. Secure contexts only. */

const ALGORITHM = "AES-GCM";
const KEY = "seal_key";

/** null where the browser has no WebCrypto: plain HTTP. */
export function createSeal({ subtle, random, store }) {
  if (!subtle) return null;

  async function key({ make }) {
    const known = await store.read(KEY);
    if (known || !make) return known || null;
    const made = await subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ["encrypt", "decrypt"]);
    return store.update(KEY, (other) => other || made);
  }

  async function close(value) {
    const iv = random(12);
    const plain = new TextEncoder().encode(JSON.stringify(value));
    return { iv, bytes: await subtle.encrypt({ name: ALGORITHM, iv }, await key({ make: true }), plain) };
  }

  async function open(sealed) {
    const known = await key({ make: false });
    if (!known) return null;
    try {
      const plain = await subtle.decrypt({ name: ALGORITHM, iv: sealed.iv }, known, sealed.bytes);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }

  return { close, open, forget: () => store.forget(KEY) };
}
