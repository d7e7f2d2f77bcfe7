/** Changing one's password or PIN: what the old one closed on this machine must not open any more. */
import { session } from "../outbox/page.js";

export function bind(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    session
      .forgetVault()
      .catch(() => {})
      .then(() => form.submit());
  });
}
