/** A wide table whose newest columns stand last opens at them; a narrow screen keeps the names. */

const WIDE = "(min-width: 641px)";

export function bind(part) {
  const scroll = part.querySelector(".scroll");
  if (scroll && window.matchMedia(WIDE).matches) scroll.scrollLeft = scroll.scrollWidth;
}
