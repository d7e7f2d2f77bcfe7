/** Reads a screen aloud with a voice of this device; a voice over the network is none, nothing goes out. */

const spoken = (lang) => lang.replace("_", "-").toLowerCase().split("-")[0];

export const localVoice = (voices, language) => voices.find((one) => one.localService && spoken(one.lang) === language) || null;

/** Lines as they are read: what stands on the screen, without the button that reads. */
export const linesOf = (text, without) => text.split("\n").map((line) => line.trim()).filter((line) => line && line !== without);

/** Offers `[data-read-aloud]` (CSS shows it under .has-voice) and reads what `[data-outlet]` shows. */
export function bindAloud(root) {
  const { speechSynthesis: synth, SpeechSynthesisUtterance: Utterance } = window;
  if (!synth || !Utterance) return;
  const { documentElement } = document;
  const language = spoken(documentElement.lang);
  const outlet = root.querySelector("[data-outlet]");
  let voice = null;
  let reading = false;

  const find = () => {
    voice = localVoice(synth.getVoices(), language);
    documentElement.classList.toggle("has-voice", Boolean(voice));
  };

  const mark = (value) => {
    reading = value;
    for (const button of root.querySelectorAll("[data-read-aloud]")) {
      button.querySelector("[data-read]").hidden = value;
      button.querySelector("[data-stop]").hidden = !value;
    }
  };

  const stop = () => {
    synth.cancel();
    mark(false);
  };

  function read(button) {
    const part = outlet.querySelector("details[open]") || outlet;
    const shown = part.firstElementChild;
    const lines = linesOf(part.innerText, button.innerText.trim());
    stop();
    mark(true);
    lines.forEach((line, at) => {
      const words = new Utterance(line);
      Object.assign(words, { voice, lang: voice.lang });
      // Somebody else's screen may stand here by now.
      words.onstart = () => shown.isConnected || stop();
      if (at === lines.length - 1) words.onend = () => mark(false);
      synth.speak(words);
    });
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-read-aloud]");
    if (!button || !voice) return;
    if (reading) stop();
    else read(button);
  });
  window.addEventListener("pagehide", stop);
  synth.addEventListener("voiceschanged", find);
  find();
}
