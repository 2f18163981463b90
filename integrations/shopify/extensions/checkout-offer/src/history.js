/** What this checkout's browser has seen: the snippet's caps and its memory of declined offers, in the extension's storage. */

const SHOWN = 'shown';
const DECLINED = 'declined';

const today = () => new Date().toISOString().slice(0, 10);

/** @param {any} storage of the extension */
export async function readHistory(storage) {
  const shown = await storage.read(SHOWN);
  const shown_today = shown?.day == today() ? shown.count : 0;
  return { shown_session: 0, shown_today, declined_at: (await storage.read(DECLINED)) ?? null, friction: [] };
}

/** @param {any} storage */
export async function rememberShown(storage) {
  const { shown_today } = await readHistory(storage);
  await storage.write(SHOWN, { day: today(), count: shown_today + 1 });
}

/** @param {any} storage */
export const rememberDeclined = (storage) => storage.write(DECLINED, new Date().toISOString());
