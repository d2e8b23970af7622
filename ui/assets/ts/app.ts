// What every page needs: htmx, live updates, toasts, keyboard.
import 'htmx.org/dist/htmx.esm.js';
import 'htmx.org/dist/ext/hx-sse.js';
import './forms';
import './keys';
import './live';
import './toast';
import './wizard';
