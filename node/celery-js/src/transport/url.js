/** Hides the secrets in URLs of brokers and result backends. */

/** The error for an unreadable URL. It shows no part of the URL, which might belong to a password. */
export const UNREADABLE =
  "the host or port cannot be read; in a password, / is written %2F, ? is %3F, # is %23, @ is %40, ; is %3B, % is %25";
/** Separates several URLs. */
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
