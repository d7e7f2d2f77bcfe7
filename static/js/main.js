/** The script of a page whose parts are fetched one by one; the server joins the same parts for phones. */
import { start } from "./start.js";

start({ part: (name) => import(`./components/${name}.js`), outbox: () => import("./outbox/page.js") });
