/** A sound for each verdict, made by the browser: no file, no network. Each step is [Hz, ms]; 0 Hz is silence. */

const BAD_CODE = [[330, 90], [0, 60], [330, 90], [0, 60], [330, 90]];
const LOOK = [[440, 160], [0, 70], [440, 160]];

export const TONES = {
  enter: [[880, 110], [1320, 200]],
  leave: [[1320, 110], [880, 200]],
  again: [[880, 110], [0, 50], [440, 160], [0, 50], [440, 160]],
  expired: [[660, 130], [440, 130], [330, 260]],
  not_yet: [[330, 130], [440, 130], [660, 260]],
  revoked: [[523, 150], [262, 350]],
  other_park: [[494, 120], [0, 50], [370, 240]],
  unknown_key: [...BAD_CODE, [0, 60], [220, 320]],
  unreadable: BAD_CODE,
  unknown: [[370, 120], [0, 60], [370, 120]],
  not_answered: LOOK,
  watch: LOOK,
  off_shift: LOOK,
  card: BAD_CODE,
  several: LOOK,
  risk: [[196, 320], [0, 90], [196, 320], [0, 90], [196, 320]],
};

export function createTones(makeContext) {
  let context = null;

  /** Silent where the browser lets nothing sound before somebody has touched it. */
  function play(name) {
    try {
      context = context || makeContext();
      if (context.state === "suspended") context.resume().catch(() => {});
      let at = context.currentTime + 0.01;
      for (const [pitch, ms] of TONES[name] || LOOK) {
        if (pitch > 0) sound(pitch, at, ms / 1000);
        at += ms / 1000;
      }
    } catch {
      context = null;
    }
  }

  function sound(pitch, at, length) {
    const [source, loudness] = [context.createOscillator(), context.createGain()];
    source.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.4, at + 0.01);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + length);
    source.connect(loudness).connect(context.destination);
    source.start(at);
    source.stop(at + length + 0.02);
  }

  return { play };
}
