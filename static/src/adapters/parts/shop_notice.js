/** A notice of the shop's own, among the others of its cart or checkout. */

/**
 * @param {string} text
 * @param {boolean} [isError]
 */
export function say(text, isError) {
  const notices = /** @type {any} */ (window).wp?.data?.dispatch?.('core/notices');
  if (notices && document.querySelector('.wp-block-woocommerce-cart,.wp-block-woocommerce-checkout')) {
    notices.createNotice(isError ? 'error' : 'info', text, { id: 'offerlift', context: 'wc/cart' });
    return;
  }
  const notice = document.createElement('div');
  notice.className = isError ? 'woocommerce-error' : 'woocommerce-info';
  notice.role = isError ? 'alert' : 'status';
  // classic pages empty this whenever they draw their cart again: what is said has to come after that
  notice.textContent = text;
  document.querySelector('.woocommerce-notices-wrapper')?.append(notice);
}
