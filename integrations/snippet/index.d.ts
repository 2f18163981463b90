import type { Upsell } from './upsell.js';

export type * from './upsell.js';

export interface LoadOptions {
  /** The edge's address, such as `https://offers.example`. */
  edge: string;
  /** The store's public key (`pk_...`). */
  key: string;
  /** Your own ID for the visitor; without it, the snippet creates one. */
  visitorId?: string;
  /** `required`: store and send nothing before `upsell('consent', true)`. */
  consent?: 'required';
  /** Of a strict Content-Security-Policy. */
  nonce?: string;
  /** Scripts to load beside the snippet, such as `shopify`, `consent_google`, `ga4`. */
  adapters?: string[];
}

/**
 * Loads the snippet, once a page, and returns its commands. They can be called at once: what comes before the script is
 * kept. On a server it does nothing.
 */
export function loadOfferlift(options: LoadOptions): Upsell;
