// Small habits of forms: one submit at a time, print buttons, fields that send
// themselves, focus where the page wants it.
document.addEventListener(
  'submit',
  (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== 'post') return;
    if (form.dataset.sent) {
      event.preventDefault(); // a double tap
      event.stopPropagation();
      return;
    }
    form.dataset.sent = 'yes';
  },
  { capture: true },
);
const answered = () => {
  document.querySelectorAll<HTMLFormElement>('form[data-sent]').forEach((form) => delete form.dataset.sent);
};
window.addEventListener('pageshow', answered);
document.addEventListener('htmx:finally:request', answered);

document.addEventListener('click', (event) => {
  if ((event.target as Element).closest('[data-print]')) window.print();
});

document.addEventListener('change', (event) => {
  const field = event.target as HTMLInputElement | HTMLSelectElement;
  if (field.matches('[data-autosubmit]')) field.form?.requestSubmit();
});

/** Moves the focus to the element the new content asks for. */
function focusWanted(root: ParentNode): void {
  const wanted = root.querySelector<HTMLElement>('[aria-invalid="true"], [data-focus]');
  if (!wanted || wanted.dataset.focused) return;
  wanted.dataset.focused = 'yes';
  wanted.focus({ preventScroll: false });
}
focusWanted(document);
document.addEventListener('htmx:after:swap', () => focusWanted(document));

// The claim link carries its code behind the #, which no server log ever sees.
// Opened over the page it leads to, it changes nothing but the #.
function codeFromLink(): void {
  const code = document.querySelector<HTMLInputElement>('input[data-from-hash]');
  if (!code || location.hash.length < 2) return;
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  code.form?.requestSubmit();
}
codeFromLink();
window.addEventListener('hashchange', codeFromLink);
