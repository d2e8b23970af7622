// Reads a QR code out of raw pixels, away from the page so that it stays responsive.
import jsQR from 'jsqr';

interface Job {
  id: number;
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

self.onmessage = (event: MessageEvent<Job>) => {
  const { id, data, width, height } = event.data;
  self.postMessage({ id, text: jsQR(data, width, height)?.data ?? null });
};
