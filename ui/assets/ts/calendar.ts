// The day grid. Tap opens a booking; a long press (touch) or a pull (mouse, pen)
// lifts it; M and the arrow keys do the same, and "Move" in the panel lets one
// tap choose the new place. The server owns every rule: a drop is a POST, and a
// clash comes back as the old grid with a sentence that says why.
import { htmx, refresh, type Swapping } from './htmx';
import { changed } from './live';

const longPress = 320; // ms
const slop = 8; // px a finger may tremble
const step = 15; // minutes
const edge = 56; // px from the border where the grid scrolls by itself

/** How a booking is being held. */
type Hand = 'pointer' | 'keys' | 'tap';

interface Lift {
  hand: Hand;
  cal: HTMLElement;
  block: HTMLElement;
  ghost: HTMLElement;
  pointer: number;
  grab: number; // minutes between the block's top and the finger
  column: HTMLElement;
  start: number;
  x: number;
  y: number;
}

let lift: Lift | null = null;

const clock = (m: number) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
const num = (el: HTMLElement, name: string) => Number(el.style.getPropertyValue(name));
const perMinute = (cal: HTMLElement) => parseFloat(getComputedStyle(cal).getPropertyValue('--ppm'));
const columns = (cal: HTMLElement) => [...cal.querySelectorAll<HTMLElement>('.cal-col')];

/** Says one of the grid's own sentences to screen readers: data-say-… with %s filled. */
function say(cal: HTMLElement, name: string, ...parts: string[]): void {
  let text = cal.dataset[name] ?? '';
  for (const part of parts) text = text.replace('%s', part);
  cal.querySelector('[data-announce]')!.textContent = text;
}

function slotAt(cal: HTMLElement, x: number, y: number, grab: number, minutes: number): { column?: HTMLElement; start: number } {
  const top = cal.querySelector('.cal-body')!.getBoundingClientRect().top;
  const column = columns(cal).find((c) => {
    const r = c.getBoundingClientRect();
    return x >= r.left && x < r.right;
  });
  const from = num(cal, '--from');
  const start = from + Math.round(((y - top) / perMinute(cal) - grab) / step) * step;
  return { column, start: Math.max(from, Math.min(num(cal, '--to') - minutes, start)) };
}

function clashes(column: HTMLElement, start: number, minutes: number, self: HTMLElement): boolean {
  return [...column.querySelectorAll<HTMLElement>('.ap:not(.ghost):not(.st-noshow)')].some(
    (other) => other !== self && start < num(other, '--s') + num(other, '--d') && num(other, '--s') < start + minutes,
  );
}

function take(block: HTMLElement, hand: Hand, x: number, y: number, pointer: number): void {
  const cal = block.closest<HTMLElement>('.cal')!;
  const box = block.getBoundingClientRect();
  const ghost = block.cloneNode(true) as HTMLElement;
  ghost.removeAttribute('id');
  ghost.classList.add('ghost');
  ghost.setAttribute('aria-hidden', 'true');
  ghost.tabIndex = -1;
  const column = block.closest<HTMLElement>('.cal-col')!;
  lift = { hand, cal, block, ghost, pointer, grab: hand === 'pointer' ? (y - box.top) / perMinute(cal) : 0, column, start: num(block, '--s'), x, y };
  block.classList.add('dragging');
  column.append(ghost);
  cal.classList.add('lifting');
  cal.classList.toggle('placing', hand === 'tap');
  if (hand === 'pointer') {
    navigator.vibrate?.(12);
    requestAnimationFrame(scrollAtEdges);
  }
  say(cal, hand === 'tap' ? 'sayTap' : hand === 'keys' ? 'sayKeys' : 'sayLifted', block.dataset.name!);
}

function place(column: HTMLElement | undefined, start: number): void {
  if (!lift || !column) return;
  const minutes = num(lift.block, '--d');
  if (column !== lift.column) column.append(lift.ghost);
  lift.column = column;
  lift.start = Math.max(num(lift.cal, '--from'), Math.min(num(lift.cal, '--to') - minutes, start));
  lift.ghost.style.setProperty('--s', String(lift.start));
  lift.ghost.querySelector('.t span')!.textContent = `${clock(lift.start)} – ${clock(lift.start + minutes)}`;
  lift.ghost.classList.toggle('bad', clashes(column, lift.start, minutes, lift.block));
}

function scrollAtEdges(): void {
  if (lift?.hand !== 'pointer') return;
  const box = lift.cal.getBoundingClientRect();
  const head = lift.cal.querySelector('.cal-head')!.getBoundingClientRect().height;
  const dy = lift.y < box.top + head + edge ? -9 : lift.y > box.bottom - edge ? 9 : 0;
  const dx = lift.x < box.left + 86 ? -8 : lift.x > box.right - 24 ? 8 : 0;
  if (dy || dx) {
    lift.cal.scrollBy(dx, dy);
    const slot = slotAt(lift.cal, lift.x, lift.y, lift.grab, num(lift.block, '--d'));
    place(slot.column, slot.start);
  }
  requestAnimationFrame(scrollAtEdges);
}

/** Puts the booking down: at its new place, or back where it was. */
function putDown(commit: boolean): void {
  if (!lift) return;
  const { cal, block, ghost, column, start } = lift;
  const moved = column !== block.closest('.cal-col') || start !== num(block, '--s');
  ghost.remove();
  block.classList.remove('dragging');
  cal.classList.remove('lifting', 'placing');
  lift = null;
  document.dispatchEvent(new CustomEvent('salon:released'));
  if (!commit || !moved) {
    say(cal, 'sayBack', block.dataset.name!);
    return;
  }
  say(cal, 'sayMoved', block.dataset.name!, clock(start), column.dataset.name!);
  const values = { version: block.dataset.version, staff: column.dataset.staff, start: clock(start), day: cal.dataset.day, from: cal.dataset.day };
  void htmx().ajax('POST', block.dataset.move!, { values, target: '#desk', swap: 'outerMorph', source: block });
}

// Pointer: a mouse pulls, a finger holds first, so that a swipe still scrolls.
interface Press {
  block: HTMLElement;
  x: number;
  y: number;
  id: number;
  touch: boolean;
  timer?: number;
}
let press: Press | null = null;
let dropped = false; // the click that a drop brings with it is not a tap

document.addEventListener(
  'click',
  (e) => {
    if (!dropped) return;
    dropped = false;
    e.stopPropagation();
    e.preventDefault();
  },
  { capture: true },
);

document.addEventListener('pointerdown', (e) => {
  const block = (e.target as Element).closest<HTMLElement>('.cal .ap[data-move]');
  if (!block || e.button !== 0 || lift) return;
  press = { block, x: e.clientX, y: e.clientY, id: e.pointerId, touch: e.pointerType === 'touch' };
  if (!press.touch) return;
  press.timer = window.setTimeout(() => {
    if (press) take(press.block, 'pointer', press.x, press.y, press.id);
    press = null;
  }, longPress);
});

document.addEventListener('pointermove', (e) => {
  if (lift?.hand === 'pointer' && e.pointerId === lift.pointer) {
    lift.x = e.clientX;
    lift.y = e.clientY;
    const slot = slotAt(lift.cal, e.clientX, e.clientY, lift.grab, num(lift.block, '--d'));
    place(slot.column, slot.start);
    return;
  }
  if (!press || Math.hypot(e.clientX - press.x, e.clientY - press.y) <= slop) return;
  window.clearTimeout(press.timer);
  if (!press.touch) take(press.block, 'pointer', press.x, press.y, press.id);
  press = null;
});

const drop = (commit: boolean) => (e: PointerEvent) => {
  window.clearTimeout(press?.timer);
  press = null;
  if (lift?.hand !== 'pointer' || e.pointerId !== lift.pointer) return;
  putDown(commit);
  dropped = true;
  window.setTimeout(() => (dropped = false), 50);
};
document.addEventListener('pointerup', drop(true));
document.addEventListener('pointercancel', drop(false));
document.addEventListener('touchmove', (e) => lift?.hand === 'pointer' && e.preventDefault(), { passive: false });
document.addEventListener('dragstart', (e) => (e.target as Element).closest?.('.cal') && e.preventDefault());
document.addEventListener('contextmenu', (e) => (e.target as Element).closest('.cal .ap') && e.preventDefault());

// Keyboard: M lifts, arrows move, Enter drops, Escape puts back.
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const block = document.activeElement?.closest<HTMLElement>('.cal .ap[data-move]');
  if (!lift && block && e.key.toLowerCase() === 'm' && document.documentElement.dataset.keys !== 'off') {
    e.preventDefault();
    take(block, 'keys', 0, 0, -1);
    return;
  }
  if (!lift || lift.hand === 'pointer') return;
  if (e.key === 'Escape') {
    e.preventDefault();
    putDown(false);
    return;
  }
  if (lift.hand !== 'keys') return;
  const cols = columns(lift.cal);
  const at = cols.indexOf(lift.column);
  const by = e.shiftKey ? 5 : step;
  switch (e.key) {
    case 'ArrowUp':
      place(lift.column, lift.start - by);
      break;
    case 'ArrowDown':
      place(lift.column, lift.start + by);
      break;
    case 'ArrowLeft':
      place(cols[at - 1], lift.start);
      break;
    case 'ArrowRight':
      place(cols[at + 1], lift.start);
      break;
    case 'Enter':
      e.preventDefault();
      putDown(true);
      return;
    default:
      return;
  }
  e.preventDefault();
  const busy = lift.ghost.classList.contains('bad');
  say(lift.cal, busy ? 'sayBusy' : 'sayAt', clock(lift.start), lift.column.dataset.name!);
});

// Tap to place: the move form in the panel names the booking, one tap on the
// grid chooses its place.
function offerTap(): void {
  const form = document.querySelector<HTMLElement>('[data-place]');
  if (!form || lift) return;
  const block = document.getElementById(form.dataset.place!);
  if (block?.dataset.move && block.offsetParent) take(block, 'tap', 0, 0, -2);
}

document.addEventListener(
  'click',
  (e) => {
    const column = (e.target as Element).closest<HTMLElement>('.cal-col');
    if (!column) return;
    const cal = column.closest<HTMLElement>('.cal')!;
    if (lift?.hand === 'tap') {
      e.preventDefault();
      e.stopPropagation();
      const slot = slotAt(cal, e.clientX, e.clientY, step / 2, num(lift.block, '--d'));
      place(slot.column, slot.start);
      if (lift.ghost.classList.contains('bad')) say(cal, 'sayTaken', clock(slot.start));
      else putDown(true);
      return;
    }
    if (lift || !cal.dataset.new || (e.target as Element).closest('.ap')) return;
    // A tap on free time begins a booking there.
    const slot = slotAt(cal, e.clientX, e.clientY, step / 2, step);
    const url = `${cal.dataset.new}&staff=${encodeURIComponent(column.dataset.staff!)}&start=${clock(slot.start)}`;
    void htmx().ajax('GET', url, { target: '#desk', swap: 'outerMorph' });
  },
  { capture: true },
);

// Another desk is coming in: whatever is in the hand is put back first. A live
// update waits instead: it must not pull a booking out of the hand.
document.addEventListener('htmx:before:swap', (e) => {
  if (lift && (e as CustomEvent<Swapping>).detail.ctx.live) {
    e.preventDefault();
    changed();
    return;
  }
  putDown(false);
});
document.addEventListener('htmx:after:swap', () => {
  offerTap();
  showNow();
});

/** Brings the present, or the first booking of the day, into view once per day shown. */
let shown = '';
function showNow(): void {
  const cal = document.querySelector<HTMLElement>('.cal');
  showOpened(cal);
  if (!cal || cal.dataset.day === shown) return;
  shown = cal.dataset.day!;
  const now = cal.querySelector<HTMLElement>('.now');
  const starts = [...cal.querySelectorAll<HTMLElement>('.ap')].map((a) => num(a, '--s'));
  const minute = now ? num(now, '--m') : Math.min(...starts);
  cal.scrollTop = 0;
  if (Number.isFinite(minute)) cal.scrollTop = (minute - num(cal, '--from')) * perMinute(cal) - cal.clientHeight / 3;
}

/** The opened booking is brought beside the panel if its column is out of sight. */
function showOpened(cal: HTMLElement | null): void {
  const open = cal?.querySelector<HTMLElement>('.ap[aria-current]');
  if (!cal || !open) return;
  const [block, view] = [open.getBoundingClientRect(), cal.getBoundingClientRect()];
  if (block.left < view.left + 62 || block.right > view.right) cal.scrollLeft += block.left - view.left - 80;
}

// The red line moves every minute; lateness is the server's to say.
window.setInterval(() => {
  const line = document.querySelector<HTMLElement>('.cal .now');
  if (!line) return;
  const minute = num(line, '--m') + 1;
  line.style.setProperty('--m', String(minute));
  line.querySelector('b')!.textContent = clock(minute);
}, 60_000);
window.setInterval(() => {
  if (!document.hidden && !lift) void refresh();
}, 5 * 60_000);

offerTap();
showNow();
