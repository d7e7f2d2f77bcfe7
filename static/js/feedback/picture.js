/** A picture drawn anew on this phone: nothing of where it was taken, or by which phone, goes on. */

const LONGEST_SIDE = 1024;
const MOST = 400_000;

// The pages' policy lets no blob: picture in.
const addressOf = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

/** The picture of a file as `data:image/jpeg;base64,…`. Rejects when the file is no picture. */
export async function redrawn(file) {
  const image = new Image();
  image.src = await addressOf(file);
  await image.decode();
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return [0.75, 0.5, 0.3].reduce(
    (found, quality) => (found && found.length < MOST ? found : canvas.toDataURL("image/jpeg", quality)),
    "",
  );
}
