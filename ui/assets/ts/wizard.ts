// Small helps of the first run.

// The browser knows the salon's time zone better than we can guess it.
const zone = document.querySelector<HTMLInputElement>('input[data-guess-zone]');
if (zone && !zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';

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
    all.at(-1)!.dispatchEvent(new Event('change', { bubbles: true }));
    return;
  }
  const form = all[0]!.form!;
  (form.elements.namedItem('whole') as HTMLInputElement).value = text;
  form.requestSubmit();
});

export {};
