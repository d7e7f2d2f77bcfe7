/** Draws the code of a pass as one SVG path, black on white in every theme. */
// Loaded beside the page's own script (modulepreload), and kept with the page.
const ENCODER = "/static/vendor/lean-qr-2.7.4/index.js";
const SVG = "http://www.w3.org/2000/svg";
const QUIET = 3;

/** "M1 0h3v1h-3z…": one piece for each run of dark squares. Pure. */
export function darkPath({ size, get }) {
  const runs = [];
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!get(x, y)) continue;
      let width = 1;
      while (get(x + width, y)) width += 1;
      runs.push(`M${x} ${y}h${width}v1h-${width}z`);
      x += width;
    }
  }
  return runs.join("");
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** The picture of `text`, named `label` for whoever cannot see it. */
export async function drawCode(text, label) {
  const { correction, generate } = await import(ENCODER);
  // A screen has no scratches: the smallest correction gives the largest squares.
  const code = generate(text, { minCorrectionLevel: correction.L });
  const side = code.size + 2 * QUIET;
  const picture = shape("svg", {
    class: "qr",
    role: "img",
    "aria-label": label,
    viewBox: `${-QUIET} ${-QUIET} ${side} ${side}`,
    "shape-rendering": "crispEdges",
  });
  picture.append(
    shape("path", { fill: "#fff", d: `M${-QUIET} ${-QUIET}h${side}v${side}h-${side}z` }),
    shape("path", { fill: "#000", d: darkPath(code) }),
  );
  return picture;
}
