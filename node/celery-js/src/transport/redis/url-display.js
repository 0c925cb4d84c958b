/** URLs as logs, errors and `inspect conf` show them. */
import { PARAMETER_NAMES } from "./url-parameters.js";

/**
 * @param {string} url as it was given: it may be no URL at all
 * @returns {string} with `**` for the password, as Celery's `maybe_sanitize_url` shows it, and for parameters that we do not know
 */
export function hidePassword(url) {
  const begin = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0] ?? "";
  const rest = url.slice(begin.length);
  const at = rest.lastIndexOf("@");
  // Up to the last one: whoever writes a raw `/` or `?` into a password must not find it in a log.
  const user = rest.slice(0, Math.max(at, 0));
  const shownUser = begin === "" ? "**" : user.includes(":") ? `${user.slice(0, user.indexOf(":"))}:**` : user;
  const place = at < 0 ? rest : `${shownUser}@${rest.slice(at + 1)}`;
  return begin + place.replace(/([?&])([^=&#]*)=([^&#]*)/g, hideUnknown);
}

/** @param {string} whole @param {string} mark @param {string} name */
const hideUnknown = (whole, mark, name) => (PARAMETER_NAMES.includes(name) ? whole : `${mark}${name}=**`);
