/** Two example tasks, the same as in `python/py_workers/tasks/example/arithmetic.py`. */

/**
 * Returns the sum of two numbers.
 *
 * @param {number} x
 * @param {number} y
 * @returns {number}
 */
export const add = (x, y) => x + y;

/**
 * Returns the product of two numbers.
 *
 * @param {number} x
 * @param {number} y
 * @returns {number}
 */
export const mul = (x, y) => x * y;
