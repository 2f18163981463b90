/** @returns {string} the current time in ISO 8601, UTC */
export const now = () => new Date().toISOString();
