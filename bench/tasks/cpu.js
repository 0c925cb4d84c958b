/** Tasks that compute. */

const ROUNDS = 2_000_000;

/**
 * Some milliseconds of arithmetic.
 *
 * @param {number} number
 * @returns {number} the same
 */
export function spin(number) {
  let sum = 0;
  for (let i = 0; i < ROUNDS; i++) sum = (sum + i * 7) % 1_000_003;
  return sum < 0 ? sum : number;
}
