// Small helps of the first run.

// The browser knows the salon's time zone better than we can guess it.
function guessZone(): void {
  const zone = document.querySelector<HTMLInputElement>('input[data-guess-zone]');
  if (zone && !zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
}
guessZone();
document.addEventListener('htmx:after:swap', guessZone);

// A kit's groups: a full one moves on to the next, and pasting the whole kit
// into one fills all of them.
const groups = () => [...document.querySelectorAll<HTMLInputElement>('.keybox input')];

document.addEventListener('input', (event) => {
  const field = event.target as HTMLInputElement;
  const all = groups();
  const at = all.indexOf(field);
  if (at >= 0 && field.value.replace(/[\s-]/g, '').length >= 4) all[at + 1]?.focus();
});

document.addEventListener('paste', (event) => {
  const all = groups();
  const at = all.indexOf(event.target as HTMLInputElement);
  const text = (event.clipboardData?.getData('text') ?? '').trim();
  if (at < 0 || text.length <= 6) return;
  event.preventDefault();
  const parts = text.split(/[\s-]+/).filter(Boolean);
  if (parts.length === all.length && parts.every((part) => part.length === 4)) {
    all.forEach((field, i) => (field.value = parts[i]!));
    document.getElementById('keybox')!.dispatchEvent(new Event('pasted'));
    return;
  }
  const form = all[0]!.form!;
  (form.elements.namedItem('whole') as HTMLInputElement).value = text;
  form.requestSubmit();
});

export {};
