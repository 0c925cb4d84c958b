/** Makes and changes elements, without HTML strings. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes] `on...` is a listener; false and null leave an attribute out
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, unknown>} attributes
 * @param {(Node | string | null | false)[]} children
 * @returns {E}
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/**
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @returns {E} the element of index.html
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return /** @type {E} */ (found);
}

/**
 * Replaces an element's content only if it has changed, to keep the focus and a screen reader's place.
 *
 * @param {Element} element
 * @param {string} key what the content is made from
 * @param {() => (Node | string)[]} content
 */
export function show(element, key, content) {
  if (/** @type {HTMLElement} */ (element).dataset.shown === key) return;
  /** @type {HTMLElement} */ (element).dataset.shown = key;
  element.replaceChildren(...content());
}

/**
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows one child per item. Children whose key stays are not touched, and keep the focus and the scroll position.
 *
 * @template Item
 * @param {Element} list
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf what the child is made from
 * @param {(item: Item) => HTMLElement} make
 */
export function showEach(list, items, keyOf, make) {
  const keys = new Set(items.map(keyOf));
  /** @type {Map<string | undefined, HTMLElement>} */
  const kept = new Map();
  for (const child of /** @type {HTMLElement[]} */ ([...list.children])) {
    if (keys.has(child.dataset.shown ?? "")) kept.set(child.dataset.shown, child);
    else child.remove();
  }
  let place = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const child = kept.get(key) ?? make(item);
    child.dataset.shown = key;
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
}
