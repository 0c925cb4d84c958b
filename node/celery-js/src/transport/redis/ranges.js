/** Numbers that mostly follow one another, in a form that is cheap to send to a thread. */

/**
 * @param {readonly number[]} numbers
 * @returns {number[]} first, count, first, count, ...
 */
export function toRanges(numbers) {
  /** @type {number[]} */
  const ranges = [];
  for (const number of numbers) {
    const last = ranges.length - 2;
    if (last >= 0 && ranges[last] + ranges[last + 1] === number) ranges[last + 1] += 1;
    else ranges.push(number, 1);
  }
  return ranges;
}

/**
 * @param {readonly number[]} ranges of `toRanges`
 * @yields {number}
 */
export function* fromRanges(ranges) {
  for (let i = 0; i < ranges.length; i += 2) {
    for (let n = 0; n < ranges[i + 1]; n++) yield ranges[i] + n;
  }
}
