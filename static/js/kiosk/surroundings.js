/** The machine around the kiosk: the whole screen, a lamp that stays lit, a small sound. All may be missing. */

const TONES = { scan: [880], kept: [660, 990], unread: [220] };
const TONE_SECONDS = 0.09;

export function createSurroundings({ document, navigator, AudioContext }) {
  let audio = null;
  let lamp = null;

  async function keepLit() {
    if (!navigator.wakeLock || document.visibilityState !== "visible") return;
    lamp = await navigator.wakeLock.request("screen").catch(() => null);
  }

  /** Only a touch may do this. */
  async function fill() {
    if (AudioContext && !audio) audio = new AudioContext();
    const root = document.documentElement;
    if (root.requestFullscreen && !document.fullscreenElement) {
      await root.requestFullscreen({ navigationUI: "hide" }).catch(() => {});
    }
    if (document.fullscreenElement && navigator.keyboard && navigator.keyboard.lock) {
      await navigator.keyboard.lock(["Escape"]).catch(() => {});
    }
    await keepLit();
  }

  async function release() {
    if (lamp) await lamp.release().catch(() => {});
    lamp = null;
    if (navigator.keyboard && navigator.keyboard.unlock) navigator.keyboard.unlock();
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
  }

  const isWhole = () => Boolean(document.fullscreenElement) || !document.fullscreenEnabled;

  function sound(name) {
    if (!audio || audio.state !== "running") return;
    TONES[name].forEach((pitch, place) => {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const from = audio.currentTime + place * TONE_SECONDS;
      tone.frequency.value = pitch;
      volume.gain.value = 0.15;
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + TONE_SECONDS);
    });
  }

  return { fill, release, keepLit, isWhole, sound };
}
