/** Opens what the park sealed for this device's token: JWE `dir` with A256GCM. */

const PURPOSE = "an-ca gate roster";
const ALGORITHM = "AES-GCM";

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

async function keyOf(token, subtle) {
  const secret = await subtle.importKey("raw", new TextEncoder().encode(token), "HKDF", false, ["deriveKey"]);
  const way = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(PURPOSE) };
  return subtle.deriveKey(way, secret, { name: ALGORITHM, length: 256 }, false, ["decrypt"]);
}

/** The value in the box; throws when it was sealed for another token or changed on its way. */
export async function openBox(box, token, subtle) {
  const [header, , iv, sealed, tag] = box.split(".");
  const [body, end] = [bytesOf(sealed), bytesOf(tag)];
  const both = new Uint8Array(body.length + end.length);
  both.set(body);
  both.set(end, body.length);
  const way = { name: ALGORITHM, iv: bytesOf(iv), additionalData: new TextEncoder().encode(header) };
  const plain = await subtle.decrypt(way, await keyOf(token, subtle), both);
  return JSON.parse(new TextDecoder().decode(plain));
}
