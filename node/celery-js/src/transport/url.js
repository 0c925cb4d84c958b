/** URLs of brokers and result backends, as they may be shown. */

/** Where the next one of several URLs begins. */
const NEXT_URL = /;(?=[a-z][a-z0-9+.-]*:\/\/)/i;

/**
 * How logs, errors and `inspect conf` show a URL.
 *
 * @param {string} url as it was given: it may be no URL at all
 * @param {readonly string[]} shown names of the parameters that are not secret
 * @returns {string} with `**` for the password, as Celery's `maybe_sanitize_url` shows it, and for all other parameters
 */
export function hideSecrets(url, shown) {
  return url
    .split(NEXT_URL)
    .map((one) => withoutSecrets(one, shown))
    .join(";");
}

/**
 * @param {string} url
 * @param {readonly string[]} shown
 */
function withoutSecrets(url, shown) {
  const begin = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0] ?? "";
  const rest = url.slice(begin.length);
  const at = rest.lastIndexOf("@");
  // Up to the last one: a password with a raw `/` or `?` must not appear in a log.
  const user = rest.slice(0, Math.max(at, 0));
  const shownUser = begin === "" ? "**" : user.includes(":") ? `${user.slice(0, user.indexOf(":"))}:**` : user;
  const place = at < 0 ? rest : `${shownUser}@${rest.slice(at + 1)}`;
  return (
    begin +
    place.replace(/([?&])([^=&#]*)=[^&#]*/g, (whole, mark, name) =>
      shown.includes(name) ? whole : `${mark}${name}=**`,
    )
  );
}
