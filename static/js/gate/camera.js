/** Reads codes in front of a camera: by the browser's own detector, else by a vendored reader kept here. */

const EVERY = 120;
const READER = "/static/vendor/zxing-wasm-3.1.4/reader/index.js";
const WASM = "/static/vendor/zxing-wasm-3.1.4/zxing_reader.wasm";

async function nativeReader() {
  if (typeof BarcodeDetector !== "function") return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (picture) => (await detector.detect(picture)).map((found) => found.rawValue);
}

// The reader would fetch its other half from a foreign address if it were not told where it lies.
async function vendoredReader() {
  const { prepareZXingModule, readBarcodes } = await import(READER);
  await prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true });
  const options = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
  return async (picture) => (await readBarcodes(picture, options)).filter((one) => one.isValid).map((one) => one.text);
}

let opened = null;

/** `read(picture)` of a canvas' ImageData, made once: at set-up, so that no network is needed later. */
export function openReader() {
  opened = opened || nativeReader().then((native) => native || vendoredReader());
  opened.catch(() => (opened = null));
  return opened;
}

/** Watches `video`; `onText(text)` once for each code that comes into view. Gives `stop()`. */
export async function watchCamera(video, { onText, schedule, facing = "environment", media = navigator.mediaDevices }) {
  const stream = await media.getUserMedia({ video: { facingMode: facing, width: { ideal: 1280 } }, audio: false });
  const read = await openReader();
  const canvas = document.createElement("canvas");
  const pencil = canvas.getContext("2d", { willReadFrequently: true });
  let stopped = false;
  let inView = null;
  let misses = 0;

  function pictureOf() {
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    if (canvas.width === 0) return null;
    pencil.drawImage(video, 0, 0);
    return pencil.getImageData(0, 0, canvas.width, canvas.height);
  }

  // A code that stays in view is one scan; it counts again after it has been away.
  function see(text) {
    misses = text ? 0 : misses + 1;
    if (misses > 8) inView = null;
    if (!text || text === inView) return;
    inView = text;
    onText(text);
  }

  async function look() {
    if (stopped) return;
    const picture = pictureOf();
    const found = picture ? await read(picture).catch(() => []) : [];
    see(found[0] || null);
    schedule(look, EVERY);
  }

  video.srcObject = stream;
  await video.play();
  look();
  return function stop() {
    stopped = true;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}
