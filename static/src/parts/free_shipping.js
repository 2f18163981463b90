/** Part: how far the cart is from free shipping. */

import { element } from '../elements.js';
import css from '../layouts/free_shipping.css';

export { css };

/** @type {import('../types.js').Section['draw']} */
const progress = ({ progress }) =>
  progress && element('label', progress.text, element('progress', { value: progress.share }));

/** @type {import('../types.js').Part['sections']} */
export const sections = { free_shipping: { draw: progress, hides: '' } };
