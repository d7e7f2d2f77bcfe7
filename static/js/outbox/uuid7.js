/** UUIDv7 text (RFC 9562): 48 bits of milliseconds, then 74 random bits. `random(n)` gives n bytes. */
export function uuid7(now, random) {
  const bytes = random(16);
  for (let index = 0; index < 6; index += 1) {
    bytes[index] = Math.floor(now / 256 ** (5 - index)) % 256;
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20, 32].map((end, part) => hex.slice([0, 8, 12, 16, 20][part], end)).join("-");
}
