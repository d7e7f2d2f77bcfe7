/** The park's key for what is closed for it alone: opens a compact JWE by the book (RFC 7518, ECDH-ES). */
import { Buffer } from "node:buffer";
import { createHash, createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";

const number32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export function makeBox() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

  function open(jwe) {
    const [head, , iv, text, tag] = jwe.split(".");
    const header = JSON.parse(Buffer.from(head, "base64url"));
    const theirs = createPublicKey({ key: header.epk, format: "jwk" });
    const name = Buffer.from(header.enc);
    const shared = diffieHellman({ privateKey, publicKey: theirs });
    const input = [number32(1), shared, number32(name.length), name, number32(0), number32(0), number32(256)];
    const key = createHash("sha256").update(Buffer.concat(input)).digest();
    const cipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"));
    cipher.setAAD(Buffer.from(head));
    cipher.setAuthTag(Buffer.from(tag, "base64url"));
    const plain = Buffer.concat([cipher.update(Buffer.from(text, "base64url")), cipher.final()]);
    return JSON.parse(plain);
  }

  return { jwk: { ...publicKey.export({ format: "jwk" }), kid: "park-1" }, open };
}
