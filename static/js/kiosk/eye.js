/** The machine's own camera in place of a scanner; once switched on it stays so on this device. */

const SWITCHED_ON = "kiosk_camera";

/**
 * ports: store, watch(onText) -> stop() (gate/camera.js), show(isOn). A tablet at the kiosk looks at whoever
 * stands before it, so a code is read from the front.
 */
export function createEye({ store, watch, show }) {
  let stop = null;

  async function open(onText) {
    if (stop) return;
    stop = await watch(onText);
    show(true);
  }

  function close() {
    if (stop) stop();
    stop = null;
    show(false);
  }

  /** Switches it the other way round; raises what the browser says when there is no camera. */
  async function toggle(onText) {
    if (stop) close();
    else await open(onText);
    await store.write(SWITCHED_ON, Boolean(stop)).catch(() => {});
  }

  /** As it was left; a camera that is gone is no reason not to begin. */
  async function recall(onText) {
    if (await store.read(SWITCHED_ON)) await open(onText).catch(() => {});
  }

  return { toggle, recall, close, isOn: () => stop !== null };
}
