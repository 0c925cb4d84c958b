/** Patterns of file names, as Python's `fnmatch` reads them: Celery's routes and kombu's matcher "glob" use them. */
/**
 * @param {string} glob
 * @returns {RegExp} as Python's `fnmatch.translate`
 */
export declare function globPattern(glob: string): RegExp;
