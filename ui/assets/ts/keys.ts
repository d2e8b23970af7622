// Single-letter shortcuts: elements name their own with data-key. They rest
// while something is typed, lifted, or held with Ctrl, Alt or Meta, and can be
// switched off for the device (data-keys="off" on <html>).
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  const typing = target.closest('input, textarea, select, [contenteditable]') !== null;
  if (typing && event.key !== 'Escape') return;
  if (document.documentElement.dataset.keys === 'off' && event.key.length === 1) return;
  if (document.querySelector('.cal.lifting')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const element = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  if (!element) return;
  event.preventDefault();
  if (element.matches('input')) element.focus();
  else element.click();
});
