/** Building blocks of the layouts: elements made from text, never from HTML. */

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Actions} Actions */
/** @typedef {import('./types.js').Item} Item */
/** @typedef {import('./types.js').Money} Money */
/** @typedef {import('./types.js').Section} Section */

/**
 * @param {string} name tag and classes, such as `p.proof`
 * @param {...any} parts nodes and texts, left out where empty, and records of properties (or of attributes, where the
 *   element has no such property)
 * @returns {any} the element; nothing where its only part is empty
 */
export function element(name, ...parts) {
  if (parts.length == 1 && !parts[0]) return;
  const [tag, classes] = name.split('.');
  const made = /** @type {any} */ (document.createElement(/** @type {string} */ (tag)));
  made.className = classes || '';
  for (const part of parts) {
    if (part?.trim || part?.nodeType) made.append(part);
    else for (const [name, value] of Object.entries(part || {})) {
      if (name in made) made[name] = value;
      else made.setAttribute(name, value);
    }
  }
  return made;
}

/**
 * `Array.prototype.map`, which pages redefine.
 * @template T
 * @template R
 * @param {Iterable<T>} items
 * @param {(item: T) => R} make
 * @returns {R[]}
 */
export function each(items, make) {
  const made = [];
  for (const item of items) made[made.length] = make(item);
  return made;
}

/**
 * @param {any} url
 * @returns {boolean} whether it is http(s)
 */
const isWeb = (url) => /^https?:/i.test(url);

/** @param {string | null | undefined} url */
export const picture = (url) =>
  isWeb(url) &&
  element('img', {
    alt: '',
    /** @this {Element} */
    onerror() {
      this.remove();
    },
    src: url,
  });

/**
 * @param {Money | null | undefined} now
 * @param {Money | null | undefined} before
 */
export const amounts = (now, before) => [element('strong', now?.text), element('s', before?.text)];

/**
 * Whether the section of a part takes the place of this.
 * @param {Section | undefined} section
 * @param {string} name
 */
export const isHidden = (section, name) => section?.hides.includes(name);

/**
 * What it costs, what it cost before, what is saved, and on which terms.
 * @param {Content} content
 * @param {Actions} actions
 * @param {Section | undefined} section
 */
export const price = ({ price, compare_at, saving_text, terms_url, terms_label }, { openTerms }, section) =>
  element(
    'p.price',
    ...(isHidden(section, 'price') ? [] : [...amounts(price, compare_at), element('span.saving', saving_text)]),
    isWeb(terms_url) &&
      element('a', terms_label, { href: terms_url, target: '_blank', rel: 'noopener', onclick: openTerms }),
  );

/**
 * @param {Item} item
 * @param {number} [quantity]
 */
export const named = ({ title, quantity: own }, quantity = own) => (quantity > 1 ? quantity + ' × ' : '') + title;

/**
 * @param {string} className
 * @param {string | undefined} label
 * @param {() => void} press
 */
export const button = (className, label, press) =>
  element('button.' + className, label, { type: 'button', onclick: () => press() });

/**
 * What the accept button says: it names the price.
 * @param {string} label
 * @param {Money} price
 */
export const priced = (label, { text }) => (label.includes(text) ? label : `${label} (${text})`);

/**
 * Accept, unless it stands elsewhere in the widget, and decline beside it; what went wrong is said below.
 * @param {Content} content
 * @param {Actions} actions
 * @param {unknown} isAcceptElsewhere
 */
export const choice = ({ accept_label, decline_label, price }, { accept, decline }, isAcceptElsewhere) =>
  element(
    'div.choice',
    !isAcceptElsewhere && button('accept', priced(accept_label, price), accept),
    button('decline', decline_label, decline),
    element('p.note', { role: 'alert' }),
  );
