/** Why the cart is as it was before. */

export class Refusal extends Error {
  /**
   * @param {string} code `out_of_stock`, `price_changed` or `not_added`: what the shopper is told
   * @param {string} message for the store's developer
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
