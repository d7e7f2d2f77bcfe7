/** Brings the drawings into the page: a symbol that is only linked is gone once the network is. */

/** Fetches the sprite that `root`'s symbols link to, once; where that fails they stay as they are. */
export async function bringIcons(root) {
  const uses = [root, ...Array.from(root.querySelectorAll("template"), (one) => one.content)].flatMap((part) =>
    Array.from(part.querySelectorAll("use")),
  );
  const address = uses[0].getAttribute("href").split("#")[0];
  const reply = await fetch(address);
  if (!reply.ok) return;
  const parsed = new DOMParser().parseFromString(await reply.text(), "image/svg+xml").documentElement;
  const sprite = document.importNode(parsed, true);
  sprite.setAttribute("class", "sprite");
  sprite.setAttribute("aria-hidden", "true");
  document.body.prepend(sprite);
  for (const use of uses) use.setAttribute("href", `#${use.getAttribute("href").split("#")[1]}`);
}
