/**
 * The part of an app that its settings determine: the ways to the broker and to the results, the routes, and `app.conf`. The
 * settings can be changed until the app is used: connections and workers read them once, so a later change would reach some of
 * them only.
 */
import { pathToFileURL } from "node:url";
import { createBackend } from "../backend/backend.js";
import { ImproperlyConfigured } from "../errors.js";
import { createRouter } from "../publishing/routes.js";
import { Annotations } from "../tasks/annotations.js";
import { createPublisher } from "../transport/transport.js";
import { optionsObject, show } from "../validation/kinds.js";
import { resolveSettings } from "../validation/resolve-settings.js";
import { AppBase } from "./app-base.js";

/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../settings.js").GivenSettings} GivenSettings
 * @typedef {import("../transport/transport.js").Publisher} Publisher
 * @typedef {import("../backend/backend.js").ResultBackend} ResultBackend
 */
/**
 * `app.conf`: every setting by its name. An assignment changes the setting, `update` changes several.
 *
 * @typedef {Settings & { update: (changes: GivenSettings) => void }} Conf
 */

export class ConfiguredApp extends AppBase {
  /** What was made of the settings. Another one may have taken its place: `eagerApp()` needs no servers. */
  #own;
  /** The settings that the code has named: as in Celery, they win over `configFromObject`. @type {Set<string>} */
  #named;
  #conf;

  /**
   * @param {string} main the app's name
   * @param {GivenSettings} settingsGiven
   */
  constructor(main, settingsGiven) {
    const settings = resolveSettings(settingsGiven);
    // The broker comes first: if both URLs are the same wrong one, the error names the broker's.
    const own = { publisher: createPublisher(settings), backend: createBackend(settings) };
    super(main, settings);
    this.#own = own;
    Object.assign(this.connections, own);
    this.#named = new Set(Object.keys(given(settingsGiven)));
    this.#conf = this.#createConf();
    /** The route of a task (`taskRoutes`), null where there is none. @internal */
    this.route = createRouter(settings.taskRoutes);
  }

  /**
   * The settings. They can be changed until the app is used: until it sends a message or makes a worker, a result or a receiver.
   *
   * @throws {ImproperlyConfigured} when a setting is changed after that, is unknown or cannot be used
   */
  get conf() {
    return this.#conf;
  }

  /**
   * Takes settings from an object or a module, as Celery's `config_from_object`: what `new Celery()` or `app.conf` has set stays.
   *
   * @param {GivenSettings | URL | string} source settings, or the URL or the path of a module that exports them, each by its name
   *   or together as default
   * @returns {Promise<void>}
   * @throws {TypeError} when it is neither
   * @throws {ImproperlyConfigured} when the app has been used, or a setting is unknown or cannot be used
   */
  async configFromObject(source) {
    const found = isObject(source) ? source : await exportsOf(source);
    this.#change(Object.fromEntries(Object.entries(found).filter(([name]) => !this.#named.has(name))));
  }

  /**
   * For the command line, whose options win over what the module of the app has set, even if that has used the app.
   *
   * @internal
   * @param {Record<string, unknown>} changes
   * @throws {ImproperlyConfigured} when a setting is unknown or cannot be used
   */
  overrideSettings(changes) {
    this.#apply(given(changes));
  }

  /** The settings stay as they are from now on. @internal */
  markUsed() {
    this.connections.areUsed = true;
  }

  /** @param {Record<string, unknown>} all */
  #change(all) {
    const changes = given(all);
    const names = Object.keys(changes);
    if (names.length === 0) return;
    if (this.connections.areUsed) {
      throw new ImproperlyConfigured(
        `app.conf: it is too late to set ${names.join(", ")}: the app has already sent a message or made a worker, a result ` +
          "or a receiver. Set it before that, or in new Celery()",
      );
    }
    this.#apply(changes);
  }

  /** @param {Record<string, unknown>} changes */
  #apply(changes) {
    const settings = resolveSettings({ ...this.settings, ...changes });
    const made = { publisher: createPublisher(settings), backend: createBackend(settings) };
    const route = createRouter(settings.taskRoutes);
    if ("taskAnnotations" in changes) this.#annotate(settings);
    // Not `this.settings =`, which TypeScript takes for a new member of this class.
    /** @type {AppBase} */ (this).settings = settings;
    this.route = route;
    this.#replace("publisher", made, "brokerUrl" in changes);
    this.#replace("backend", made, "resultBackend" in changes);
  }

  /** @param {Settings} settings */
  #annotate({ taskAnnotations }) {
    const own = this.tasks.names().find((name) => !name.startsWith("celery."));
    if (own !== undefined) {
      throw new ImproperlyConfigured(
        `app.conf: it is too late to set taskAnnotations: the task ${own} is there. Set it before the tasks, or in new Celery()`,
      );
    }
    /** @type {AppBase} */ (this).annotations = new Annotations(taskAnnotations);
  }

  /**
   * @template {"publisher" | "backend"} N
   * @param {N} name
   * @param {Pick<AppBase["connections"], N>} made
   * @param {boolean} isElsewhere whether it has another server, which replaces even one that is in use
   */
  #replace(name, made, isElsewhere) {
    const { connections } = this;
    if (connections[name] !== this.#own[name] || (connections.areUsed && !isElsewhere)) return;
    connections[name] = made[name];
    this.#own[name] = made[name];
  }

  /** @returns {Conf} */
  #createConf() {
    const members = Object.keys(this.settings).map((name) => {
      const get = () => this.settings[/** @type {keyof Settings} */ (name)];
      return [name, { get, enumerable: true, configurable: true }];
    });
    const conf = Object.defineProperties({}, Object.fromEntries(members));
    const update = (/** @type {unknown} */ settings) => {
      const changes = optionsObject(
        settings,
        (problem) => new ImproperlyConfigured(`conf.update(): ${problem}`),
        "brokerUrl",
      );
      this.#change(changes);
      for (const name of Object.keys(given(changes))) this.#named.add(name);
    };
    Object.defineProperty(conf, "update", { value: update });
    // A proxy, so that assigning to an unknown name is an error too.
    const set = (/** @type {object} */ _, /** @type {string | symbol} */ name, /** @type {unknown} */ value) => {
      update({ [String(name)]: value });
      return true;
    };
    return /** @type {Conf} */ (new Proxy(conf, { set, deleteProperty: () => false }));
  }
}

/**
 * @param {object} settings
 * @returns {Record<string, unknown>} without those that are undefined, which means not given
 */
const given = (settings) => Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/**
 * @param {unknown} source
 * @returns {source is Record<string, unknown>}
 */
const isObject = (source) => typeof source === "object" && source !== null && !(source instanceof URL);

/**
 * @param {unknown} source
 * @returns {Promise<Record<string, unknown>>}
 */
async function exportsOf(source) {
  if (!(source instanceof URL) && (typeof source !== "string" || source === "")) {
    throw new TypeError(`configFromObject() takes settings, or the URL or path of a module, not ${show(source)}`);
  }
  const isUrl = source instanceof URL || source.startsWith("file:");
  const { default: all, ...named } = await import(isUrl ? String(source) : pathToFileURL(source).href);
  const found = isObject(all) ? { ...all, ...named } : named;
  // Node and TypeScript add these names to CommonJS modules.
  return Object.fromEntries(Object.entries(found).filter(([name]) => !["module.exports", "__esModule"].includes(name)));
}
