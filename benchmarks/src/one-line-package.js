/** What any package costs that is imported by its name, whatever it does. */
export const fetchWith = (/** @type {string} */ authorization) => (/** @type {string} */ url) =>
  fetch(url, { headers: { authorization } });
