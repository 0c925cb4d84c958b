/** Bounds what waits for a broker on a connection without heartbeats: amqplib itself waits for each answer without a limit. */

/**
 * @template T
 * @param {import("./driver.js").Model} model
 * @param {number} limitMs
 * @param {Promise<T>} work that waits for the broker
 * @returns {Promise<T>} rejects, and the connection is dropped, once the broker has sent nothing for that long
 */
export async function unlessSilent({ connection: { stream } }, limitMs, work) {
  let { bytesRead } = stream;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const silence = new Promise((_, reject) => {
    const look = () => {
      const isSilent = stream.bytesRead === bytesRead;
      ({ bytesRead } = stream);
      if (!isSilent) return;
      const error = new Error(`no answer within ${limitMs / 1000} s`);
      reject(error);
      stream.destroy(error);
    };
    // Reads the socket once more: the answer may be there, and this process was just too busy.
    timer = setInterval(() => setImmediate(look), limitMs);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearInterval(timer);
  }
}
