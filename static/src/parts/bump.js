/** Part: the order bump. */

import css from '../layouts/bump.css';
import { bump } from '../layouts/bump.js';

export { css };

/** @type {import('../types.js').Part['layouts']} */
export const layouts = { bump };
