/** Measures whether something takes long, on a machine that has other things to do. */

/** Of processor time: other programs have none of it. Far above what any of the tested takes on a slow machine, and far below what they took. */
export const SOON_MS = 1_500;

/** @returns {number} ms of processor time of this process */
export const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
