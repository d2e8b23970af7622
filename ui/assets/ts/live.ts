// Keeps a page up to date with what other people do. The stream only says that
// something changed and never carries a record: the page is then asked for
// again, by the person who looks at it, and morphed.
//
//   <main id="desk" data-live="appointment client" data-day="2026-11-21">
// data-live names the kinds this page shows; data-day narrows appointments.
import { refresh, type Swapping } from './htmx';

interface Change {
  kind: string;
  day: string;
}

let waiting = false; // a change came while the page was held
let timer: number | undefined;

/** A page is held while something on it is lifted. */
const held = () => document.querySelector('.cal.lifting') !== null;

export function changed(): void {
  if (held()) {
    waiting = true;
    return;
  }
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void refresh(), 120);
}

/** Called when a lifted booking was put down. */
export function released(): void {
  if (!waiting) return;
  waiting = false;
  changed();
}
document.addEventListener('salon:released', released);

// An update that arrives after the person went elsewhere is of no use any more.
document.addEventListener('htmx:before:swap', (event) => {
  const asked = (event as CustomEvent<Swapping>).detail.ctx.live;
  if (asked !== undefined && asked !== location.pathname + location.search) event.preventDefault();
});

function concerns(change: Change): boolean {
  const desk = document.getElementById('desk');
  const kinds = desk?.dataset.live?.split(' ') ?? [];
  if (kinds.length === 0) return false;
  if (change.kind === '') return true;
  if (!kinds.includes(change.kind)) return false;
  return change.kind !== 'appointment' || !change.day || !desk?.dataset.day || change.day === desk.dataset.day;
}

document.addEventListener('salon:changed', (event) => {
  const change = JSON.parse((event as CustomEvent<{ data: string }>).detail.data) as Change;
  if (concerns(change)) changed();
});

// What is being typed is never overwritten: a touched form is left out of the
// morph until it is sent.
document.addEventListener('input', (event) => {
  (event.target as Element).closest('form:not([data-free])')?.setAttribute('hx-morph-skip', '');
});
document.addEventListener('submit', (event) => {
  (event.target as Element).removeAttribute('hx-morph-skip');
}, { capture: true });

// The bar that says the salon PC has gone quiet.
const quietAfter = 12_000;
let lastHeard = Date.now();
let lost = false;

function heard(): void {
  lastHeard = Date.now();
  document.documentElement.dataset.stream = 'open';
  if (!lost) return;
  lost = false;
  document.querySelector('[data-offline]')?.setAttribute('hidden', '');
}
document.addEventListener('htmx:sse:before:message', heard);

// Whatever happened while there was no stream is asked for when it is back.
let streams = 0;
document.addEventListener('htmx:sse:after:connection', () => {
  heard();
  if (streams++ > 0) changed();
});

window.setInterval(() => {
  const bar = document.querySelector<HTMLElement>('[data-offline]');
  if (!bar || document.hidden || lost || Date.now() - lastHeard < quietAfter) return;
  lost = true;
  delete document.documentElement.dataset.stream;
  const at = new Date(lastHeard);
  bar.querySelector('[data-since]')!.textContent = at.toTimeString().slice(0, 5);
  bar.hidden = false;
}, 2_000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) lastHeard = Date.now();
});
