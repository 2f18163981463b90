/** Entry: takes over the command queue that the page's stub has kept. */

import { run } from './commands.js';
import { siteKey } from './config.js';
import { startSending } from './events.js';
import { guarded } from './guard.js';

/** @typedef {import('./types.js').Upsell} Upsell */

guarded(() => {
  const host = /** @type {Window & {upsell?: Upsell}} */ (window);
  const stub = host.upsell;
  if (!siteKey || stub?.isLoaded) return;
  /** @type {Upsell} */
  const upsell = (/** @type {string} */ name, /** @type {unknown} */ value) => run(name, value);
  upsell.isLoaded = true;
  host.upsell = upsell;
  startSending();
  for (const call of stub?.q || []) run(/** @type {string} */ (call[0]), call[1]);
})();
