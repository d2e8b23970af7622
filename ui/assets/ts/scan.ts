// Reads QR codes: from a photo or file on every device, from the live camera
// where the page is served over HTTPS. The device's own reader goes first, jsQR
// in our worker otherwise.
//
//   <input type="file" accept="image/*" capture data-scan-into="whole">
// puts the text into the form's field "whole" and submits the form. When
// nothing was found the element named by data-scan-miss is shown.
export {};

interface Reader {
  detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
type ReaderType = new (options: { formats: string[] }) => Reader;

const Native = (window as unknown as { BarcodeDetector?: ReaderType }).BarcodeDetector;
const reader = Native ? new Native({ formats: ['qr_code'] }) : null;

let worker: Worker | undefined;
let lastID = 0;

function readInWorker(image: ImageData): Promise<string | null> {
  worker ??= new Worker(document.querySelector<HTMLMetaElement>('meta[name="qr-worker"]')!.content, { type: 'module' });
  const id = ++lastID;
  return new Promise((resolve) => {
    const answer = (event: MessageEvent<{ id: number; text: string | null }>) => {
      if (event.data.id !== id) return;
      worker!.removeEventListener('message', answer);
      resolve(event.data.text);
    };
    worker!.addEventListener('message', answer);
    worker!.postMessage({ id, data: image.data, width: image.width, height: image.height }, [image.data.buffer]);
  });
}

/** The text of the QR code in the picture, null if there is none. */
export async function decode(source: Blob | HTMLVideoElement, longestSide = 1000): Promise<string | null> {
  const bitmap = await createImageBitmap(source);
  if (reader) {
    const [hit] = await reader.detect(bitmap).catch(() => []);
    if (hit) return hit.rawValue;
  }
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return readInWorker(context.getImageData(0, 0, canvas.width, canvas.height));
}

/** Shows the camera in the element and calls found once; returns a way to stop. */
export async function camera(video: HTMLVideoElement, found: (text: string) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  video.srcObject = stream;
  await video.play();
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  const look = async () => {
    if (!stream.active) return;
    const text = await decode(video, 640).catch(() => null);
    if (text) {
      stop();
      found(text);
    } else {
      setTimeout(look, 120);
    }
  };
  void look();
  return stop;
}

function fill(form: HTMLFormElement, field: string, text: string): void {
  (form.elements.namedItem(field) as HTMLInputElement | HTMLTextAreaElement).value = text;
  form.requestSubmit();
}

document.addEventListener('change', async (event) => {
  const input = (event.target as Element).closest<HTMLInputElement>('input[type=file][data-scan-into]');
  const file = input?.files?.[0];
  if (!input || !file) return;
  const text = await decode(file).catch(() => null);
  if (text) fill(input.form!, input.dataset.scanInto!, text);
  else document.querySelector<HTMLElement>(input.dataset.scanMiss ?? '')?.removeAttribute('hidden');
});

document.addEventListener('click', async (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>('button[data-scan-camera]');
  if (!button) return;
  const video = document.querySelector<HTMLVideoElement>(button.dataset.scanCamera!)!;
  video.hidden = false;
  try {
    await camera(video, (text) => fill(button.form!, button.dataset.scanInto!, text));
  } catch {
    video.hidden = true;
    document.querySelector<HTMLElement>(button.dataset.scanMiss ?? '')?.removeAttribute('hidden');
  }
});

// Without a camera the button would only disappoint: the style sheet shows it
// where there is one.
if ('mediaDevices' in navigator) {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  if (devices.some((device) => device.kind === 'videoinput')) document.documentElement.dataset.camera = '';
}
