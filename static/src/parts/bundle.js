/** Part: the products of a bundle, one below the other. */

import css from '../layouts/list.css';
import { list } from '../layouts/list.js';

export { css };

/** @type {import('../types.js').Part['sections']} */
export const sections = { bundle: { draw: list, hides: 'picture goods' } };
