/** Entry: takes over the command queue that the page's stub has kept. */

import { run } from './commands.js';
import { siteKey } from './config.js';
import { startSending } from './events.js';
import { guarded } from './guard.js';
import { watchPreview, watchReturn } from './page.js';
import { watchPresses } from './pressing.js';
import { watchSteps } from './steps.js';
import { campaign } from './visit.js';

/** @typedef {import('./types.js').Upsell} Upsell */

guarded(() => {
  const host = /** @type {Window & {upsell?: Upsell}} */ (window);
  const stub = host.upsell;
  if (stub?.isLoaded) return;
  if (!siteKey) {
    console.warn('Offerlift: add data-key.');
    return;
  }
  host.upsell = /** @type {Upsell} */ (run);
  host.upsell.isLoaded = true;
  startSending();
  watchSteps();
  watchReturn();
  watchPresses();
  campaign();
  watchPreview();
  for (const call of stub?.q || []) run(.../** @type {[string, unknown]} */ (/** @type {unknown} */ (call)));
})();
