// The few calls of htmx we make ourselves, typed.
interface Ajax {
  ajax(verb: string, url: string, options: { target: Element | string; swap: string; source?: Element; values?: Record<string, unknown>; live?: string }): Promise<void>;
}

export const htmx = () => (window as unknown as { htmx: Ajax }).htmx;

/** What an event of htmx tells about its request. */
export interface Swapping {
  ctx: { live?: string }; // the address a live update was asked for
}

/** Asks the server for this page again and morphs the differences in. */
export function refresh(): Promise<void> {
  const here = location.pathname + location.search;
  return htmx().ajax('GET', here, { target: '#desk', swap: 'outerMorph', live: here });
}
