/** Where the errors of failed tasks are reported to, beside the log: a service such as Sentry. */
export type Report = (error: Error, tags: Record<string, string | undefined>) => void;
/** @param {Report | null} receiver of the final failures of all tasks of this process; null ends it */
export declare function reportErrorsTo(receiver: Report | null): void;
/** @returns {Report | null} */
export declare const errorReport: () => Report | null;
