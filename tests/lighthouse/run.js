/** `node run.js PORT ADDRESS`: what Lighthouse says of a page in the browser that listens on PORT, as JSON. */
import lighthouse from "lighthouse";

const [port, address] = process.argv.slice(2);
const categories = ["performance", "accessibility", "best-practices"];
// Whoever is signed in stays so: the page is measured as a worker sees it.
const options = { port: Number(port), onlyCategories: categories, disableStorageReset: true, logLevel: "error" };
const { lhr } = await lighthouse(address, options);

const scores = Object.fromEntries(categories.map((name) => [name, Math.round(lhr.categories[name].score * 100)]));
const faults = Object.values(lhr.audits)
  .filter((audit) => audit.score !== null && audit.score < 0.9)
  .map((audit) => `${audit.id} ${audit.displayValue || ""}`.trim());
process.stdout.write(JSON.stringify({ scores, faults, error: lhr.runtimeError?.message ?? null }));
