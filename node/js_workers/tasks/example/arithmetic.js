/** Two example tasks, the same as in `python/py_workers/tasks/example/arithmetic.py`. */

/**
 * @param {number} x
 * @param {number} y
 * @returns {number} the sum of two numbers
 */
export const add = (x, y) => x + y;

/**
 * @param {number} x
 * @param {number} y
 * @returns {number} the product of two numbers
 */
export const mul = (x, y) => x * y;
