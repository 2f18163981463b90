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

/** A preview link's token, which without consent isn't kept for the next page; none once the preview was left. */
export const previewToken = () => {
  const given = new URLSearchParams(location.search).get('offerlift_preview');
  const token = kept('preview', given) || given;
  return token && token != 'off' ? token : undefined;
};

/**
 * The `utm_` fields of the address that had any; nothing else of it. A preview's token is kept at the same time, for a
 * link may open a page that asks for nothing.
 */
export const campaign = () => (
  previewToken(), kept('campaign', location.search.replace(/[?&](?!utm_)[^&]*/gi, '').slice(0, MAX_QUERY))
);
