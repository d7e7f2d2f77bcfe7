/**
 * The page of a notice while it counts down or goes out: figures come from the park every moment, the seconds run here in
 * between. What the notice became is the park's word: the page is opened anew when its state is another.
 */

const EVERY_MS = 1_200;
const LOST_EVERY_MS = 3_000;
const PATIENCE_MS = 8_000;
const ANNOUNCED = [30, 10, 0];

/** The announcements a countdown has come to since it was last looked at. */
export const dueSince = (before, seconds) => ANNOUNCED.filter((each) => seconds <= each && before > each).slice(-1);

function putFigures(page, told) {
  for (const part of page.querySelectorAll("[data-figure]")) {
    const text = told.texts[part.dataset.figure];
    if (text !== undefined && part.textContent !== text) part.textContent = text;
  }
  const meter = page.querySelector("[data-meter]");
  if (!meter) return;
  meter.max = told.figures.audience || 1;
  meter.value = told.figures.left + told.figures.failed;
}

function runSeconds(page) {
  const timer = page.querySelector("[data-seconds]");
  if (!timer) return () => {};
  const shown = timer.querySelector("b");
  const told = page.querySelector("[data-told]");
  const arc = page.querySelector("[data-arc]");
  const whole = Number(arc.dataset.whole) || 1;
  let endsAt = performance.now() + Number(timer.dataset.seconds) * 1_000;
  let before = Number(timer.dataset.seconds) + 1;
  const show = () => {
    const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1_000));
    shown.textContent = String(seconds);
    arc.setAttribute("stroke-dasharray", `${Math.round((100 * seconds) / whole)} 100`);
    for (const each of dueSince(before, seconds)) told.textContent = told.dataset.pattern.replace("{seconds}", String(each));
    before = seconds;
  };
  setInterval(show, 250);
  return (seconds) => {
    endsAt = performance.now() + seconds * 1_000;
  };
}

export function bind(page) {
  const setSeconds = runSeconds(page);
  let mark = null;

  async function look() {
    const headers = mark ? { "If-None-Match": mark, Accept: "application/json" } : { Accept: "application/json" };
    const answer = await fetch(page.dataset.url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
    if (!answer) return LOST_EVERY_MS;
    if (answer.redirected || answer.status === 401 || answer.status === 404) {
      location.reload();
      return LOST_EVERY_MS;
    }
    if (!answer.ok) return answer.status === 304 ? EVERY_MS : LOST_EVERY_MS;
    mark = answer.headers.get("ETag");
    const told = await answer.json();
    if (told.state !== page.dataset.state) {
      location.reload();
      return LOST_EVERY_MS;
    }
    putFigures(page, told);
    if (told.state === "countdown") setSeconds(told.seconds);
    return EVERY_MS;
  }

  const goOn = async () => {
    const wait = document.hidden ? EVERY_MS : await look().catch(() => LOST_EVERY_MS);
    setTimeout(goOn, wait);
  };
  goOn();
}
