// The few calls of htmx we make ourselves, typed.
interface Ajax {
  ajax(verb: string, url: string, options: { target: Element | string; swap: string; source?: Element; values?: Record<string, unknown>; select?: string }): Promise<void>;
}

export const htmx = () => (window as unknown as { htmx: Ajax }).htmx;

/** Asks the server for this page again and morphs the differences in. */
export function refresh(): Promise<void> {
  const url = new URL(location.href);
  url.hash = '';
  return htmx().ajax('GET', url.pathname + url.search, { target: '#desk', swap: 'outerMorph' });
}
