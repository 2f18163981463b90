/** Entry: takes over the command queue that the page's stub has kept. */

import { run } from './commands.js';
import { siteKey } from './config.js';
import { startSending } from './events.js';
import { guarded } from './guard.js';
import { watchSteps } from './steps.js';
import { campaign } from './visit.js';

/** @typedef {import('./types.js').Upsell} Upsell */

guarded(() => {
  const host = /** @type {Window & {upsell?: Upsell}} */ (window);
  const stub = host.upsell;
  if (!siteKey || stub?.isLoaded) return;
  host.upsell = /** @type {Upsell} */ (run);
  host.upsell.isLoaded = true;
  startSending();
  watchSteps();
  campaign();
  for (const call of stub?.q || []) run(.../** @type {[string, unknown]} */ (/** @type {unknown} */ (call)));
})();
