/**
 * @param {Promise<unknown>} work
 * @param {number} limitMs
 * @returns {Promise<boolean>} whether it ended in time
 */
export async function withinMs(work, limitMs) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  const inTime = work.then(() => true);
  return Promise.race([inTime, late]).finally(() => clearTimeout(timer));
}
