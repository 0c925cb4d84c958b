/** PostgreSQL as a result backend, which `backend.js` chooses by the URL scheme. Needs the package `pg`. */
import { PostgresResultStore } from "./store.js";
import { PARAMETER_NAMES, parsePostgresUrl, SCHEMES } from "./url.js";

/** @type {import("../backend.js").BackendKind} */
export const POSTGRES = Object.freeze({
  schemes: SCHEMES,
  urlParameters: PARAMETER_NAMES,
  create: (settings) =>
    new PostgresResultStore({
      address: parsePostgresUrl(settings.resultBackend, { tls: settings.resultBackendTransportOptions.tls }),
      timeoutMs: settings.taskPublishTimeout * 1000,
      connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
      poolSize: settings.databasePoolSize,
      expires: settings.resultExpires,
      tables: { names: settings.databaseTableNames, schemas: settings.databaseTableSchemas },
    }),
});
