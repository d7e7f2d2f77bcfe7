/** A short word about what was done: goes after eight seconds, stays while it is read or held. */

const SHOWN_FOR = 8000;

export function bind(toast) {
  let timer = null;
  const hold = () => clearTimeout(timer);
  const leave = () => {
    hold();
    timer = setTimeout(() => toast.remove(), SHOWN_FOR);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", leave);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", leave);
  leave();
}
