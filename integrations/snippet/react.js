/** A slot for React: where an offer appears, and what the page shows beside it. */

import { createElement, useEffect } from 'react';

import { loadOfferlift } from './index.js';

/**
 * @param {import('./react.js').OfferSlotProps} props
 */
export function OfferSlot({ edge, siteKey, moment, page, minHeight = 200, onAccept, consent, options }) {
  const told = JSON.stringify(page ?? null);
  useEffect(() => {
    const upsell = loadOfferlift({ edge, key: siteKey, ...(consent !== undefined && { consent: 'required' }), ...options });
    if (onAccept) upsell('accept', onAccept);
    if (consent !== undefined) upsell('consent', consent);
    upsell('page', JSON.parse(told) ?? {});
  }, [edge, siteKey, consent, told, onAccept]);
  return createElement('div', { 'data-upsell-slot': moment, style: { minHeight } });
}
