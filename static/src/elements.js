/** Building blocks of the layouts: elements made from text, never from HTML. */

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Actions} Actions */

/** What the close buttons say where the edge sends no `messages`. */
export const CLOSE = 'Close';

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string | null | undefined | false)} children left out where empty
 * @returns {HTMLElement}
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  for (const child of children) if (child) made.append(child);
  return made;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string | null | undefined} text
 * @returns {HTMLElement | '' | null | undefined} nothing where there is no text
 */
export function optional(tag, className, text) {
  return text && element(tag, className, text);
}

/** @param {string} url */
const isWeb = (url) => /^https?:\/\//i.test(url);

/**
 * @param {string | null | undefined} url
 * @returns {HTMLElement | undefined} nothing where the address is not http(s)
 */
export function picture(url) {
  if (!url || !isWeb(url)) return undefined;
  const image = /** @type {HTMLImageElement} */ (element('img', 'picture'));
  image.alt = '';
  image.onerror = () => image.remove();
  image.src = url;
  return image;
}

/**
 * @param {Content} content
 * @param {Actions} actions
 */
function terms({ terms_url, messages }, actions) {
  if (!terms_url || !isWeb(terms_url)) return undefined;
  const link = /** @type {HTMLAnchorElement} */ (element('a', '', messages?.terms || 'Terms'));
  link.href = terms_url;
  link.target = '_blank';
  link.rel = 'noopener';
  link.onclick = actions.openTerms;
  return link;
}

/**
 * What it costs, what it cost before, what is saved, and on which terms.
 * @param {Content} content
 * @param {Actions} actions
 */
export function price(content, actions) {
  return element(
    'p',
    'price',
    element('strong', '', content.price.text),
    optional('s', '', content.compare_at?.text),
    optional('span', 'saving', content.saving_text),
    terms(content, actions),
  );
}

/**
 * What is sold, where the headline doesn't say it already.
 * @param {Content} content
 */
function goods({ headline, items = [] }) {
  let text = '';
  for (const { title, quantity } of items) {
    text += (text && ' + ') + (quantity > 1 ? quantity + ' × ' : '') + title;
  }
  return headline.includes(text) ? '' : text;
}

/**
 * The lines below the headline.
 * @param {Content} content
 */
export function lines(content) {
  return [
    optional('p', 'item', goods(content)),
    optional('p', '', content.reason),
    optional('p', '', content.body),
    optional('p', 'proof', content.proof),
  ];
}

/**
 * Headline, lines and price of an inline widget.
 * @param {Content} content
 * @param {Actions} actions
 */
export function copy(content, actions) {
  return element('div', 'copy', element('p', 'headline', content.headline), ...lines(content), price(content, actions));
}

/**
 * @param {string} className
 * @param {string} label
 * @param {() => void} press
 */
export function button(className, label, press) {
  const made = /** @type {HTMLButtonElement} */ (element('button', className, label));
  made.type = 'button';
  made.onclick = press;
  return made;
}

/**
 * Accept, which names the price, and decline beside it; what went wrong is said below.
 * @param {Content} content
 * @param {Actions} actions
 */
export function choice({ accept_label, decline_label, price }, actions) {
  const label = accept_label.includes(price.text) ? accept_label : `${accept_label} (${price.text})`;
  const note = element('p', 'note');
  note.setAttribute('role', 'alert');
  return element(
    'div',
    'choice',
    button('accept', label, actions.accept),
    button('decline', decline_label, actions.decline),
    note,
  );
}
