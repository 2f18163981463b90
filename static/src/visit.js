/** What the addresses of a visit have brought: it is kept for as long as the tab lives. */

import { session } from './storage.js';

const MAX_QUERY = 2000;

/**
 * @param {string} name
 * @param {string | null} value the latest outweighs what was kept
 * @returns {string | undefined}
 */
function kept(name, value) {
  if (value) session.write(name, value);
  return session.read(name);
}

/** A preview link's token. */
export const previewToken = () => kept('preview', new URL(location.href).searchParams.get('offerlift_preview'));

/** The `utm_` fields of the address that had any; nothing else of it. */
export const campaign = () => kept('campaign', location.search.replace(/[?&](?!utm_)[^&]*/gi, '').slice(0, MAX_QUERY));
