/** Part: two versions side by side. */

import { each, element } from '../elements.js';
import css from '../layouts/comparison.css';

export { css };

/** @type {import('../types.js').Section['draw']} */
function table({ comparison }) {
  /** @param {string} scope */
  const head = (scope) => (/** @type {string} */ text) => element('th', text, { scope });
  return (
    comparison &&
    element(
      'table',
      element('tr', element('td'), ...each(comparison.columns, head('col'))),
      ...each(comparison.rows, ({ label, values }) =>
        element('tr', head('row')(label), ...each(values, (text) => element('td', text, {}))),
      ),
    )
  );
}

/** @type {import('../types.js').Part['sections']} */
export const sections = { comparison: { draw: table, hides: 'picture' } };
