/** What the shopper holds. */

const PHONE_PX = 600;

/** @returns {boolean} whether a finger points and not a mouse */
export const isTouch = () => matchMedia('(pointer: coarse)').matches;

export function device() {
  if (!isTouch()) return 'desktop';
  return Math.min(screen.width, screen.height) < PHONE_PX ? 'phone' : 'tablet';
}
