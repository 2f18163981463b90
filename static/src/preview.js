/** A preview link's token: it comes with an address, and is kept for as long as the tab lives. */

import { session } from './storage.js';

const KEPT = 'preview';

/** @returns {string | undefined} */
export function previewToken() {
  const token = new URL(location.href).searchParams.get('offerlift_preview');
  if (token) session.write(KEPT, token);
  return session.read(KEPT);
}
