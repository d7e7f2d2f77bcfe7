/** Repeatable chance: mulberry32. */
export function chance(seed) {
  let state = seed >>> 0;
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    unit,
    below: (limit) => Math.floor(unit() * limit),
    pick: (choices) => choices[Math.floor(unit() * choices.length)],
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(unit() * 256)),
  };
}
