/** Part: the moments that wait for a step of the checkout. */

import { deliveryChosen, paymentStep } from '../triggers/steps.js';

/** @type {import('../types.js').Part['triggers']} */
export const triggers = { delivery_chosen: deliveryChosen, payment_step: paymentStep };
