// Toasts: shown for ten seconds, longer while the pointer or the keyboard is on them.
const seconds = 10;

function watch(toast: HTMLElement): void {
  let left = seconds;
  const tick = window.setInterval(() => {
    if (!toast.isConnected) window.clearInterval(tick);
    if (toast.matches(':hover') || toast.contains(document.activeElement)) return;
    if (--left > 0) return;
    window.clearInterval(tick);
    toast.remove();
  }, 1000);
}

const shelf = document.getElementById('toasts');
if (shelf) {
  const arrived = (node: Node) => {
    if (node instanceof HTMLElement && node.matches('.toast')) watch(node);
  };
  shelf.childNodes.forEach(arrived);
  new MutationObserver((records) => records.forEach((record) => record.addedNodes.forEach(arrived))).observe(shelf, { childList: true });
  // A reload must not offer the same undo again.
  const url = new URL(location.href);
  if (url.searchParams.has('did')) {
    url.searchParams.delete('did');
    url.searchParams.delete('undo');
    history.replaceState(history.state, '', url);
  }
}

/** Shows one of the sentences the page carries for the moment the server is silent. */
function say(name: string): void {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-toast="${name}"]`);
  if (template && shelf) shelf.replaceChildren(template.content.cloneNode(true));
}
interface Answer {
  ctx: { response: { status: number } };
}
document.addEventListener('htmx:response:error', (event) => {
  if ((event as CustomEvent<Answer>).detail.ctx.response.status >= 500) say('broken');
});
document.addEventListener('htmx:error', () => say('silent'));

document.addEventListener('click', (event) => {
  (event.target as Element).closest('[data-dismiss]')?.closest('.toast')?.remove();
});
