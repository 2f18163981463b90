import type { ReactElement } from 'react';

import type { LoadOptions } from './index.js';
import type { Adapter, PageInput } from './upsell.js';

export interface OfferSlotProps {
  /** The edge's address, such as `https://offers.example`. */
  edge: string;
  /** The store's public key (`pk_...`). */
  siteKey: string;
  /** `cart`, `payment`, and the others; one slot for a moment is enough. */
  moment: string;
  /** What the page shows: the cart above all. The snippet asks again whenever it changes. */
  page?: PageInput;
  /** The height in pixels that is reserved, so that the page doesn't move. 200 by default. */
  minHeight?: number;
  /** Adds what was accepted to the cart; the last one that a slot was given is used. Keep it stable with `useCallback`. */
  onAccept?: Adapter;
  /** What the shopper said: false until then. Without it, no consent is needed. */
  consent?: boolean;
  /** What else the loader takes: `adapters`, `nonce`, `visitorId`. */
  options?: Partial<LoadOptions>;
}

export function OfferSlot(props: OfferSlotProps): ReactElement;
