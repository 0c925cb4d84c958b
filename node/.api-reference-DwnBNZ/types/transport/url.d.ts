/** URLs of brokers and result backends, as they may be shown. */
/**
 * How logs, errors and `inspect conf` show a URL.
 *
 * @param {string} url as it was given: it may be no URL at all
 * @param {readonly string[]} shown names of the parameters that are no secrets
 * @returns {string} with `**` for the password, as Celery's `maybe_sanitize_url` shows it, and for all other parameters
 */
export declare function hideSecrets(url: string, shown: readonly string[]): string;
