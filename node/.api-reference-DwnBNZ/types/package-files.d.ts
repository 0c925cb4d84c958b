/** The URL of the folder of this file; null in a bundle, where `import.meta.url` is that of another file, or nothing. */
export declare const SOURCE_URL: string | null;
/**
 * @param {string} path below `src/`, with slashes
 * @returns {URL}
 * @throws `ImproperlyConfigured` in a bundle
 */
export declare function packageFile(path: string): URL;
