export type TaskOptions = import("./options.js").TaskOptions;
export type Annotation = Omit<TaskOptions, typeof OF_THE_FUNCTION[number]>;
export type AnnotationMap = Readonly<Record<string, Annotation>>;
export type TaskAnnotations = AnnotationMap | readonly AnnotationMap[];
/** Options that describe the function, and the handlers that run where it runs: a thread could not get them. */
declare const OF_THE_FUNCTION: readonly ["name", "bind", "params", "schema", "beforeStart", "onReplace"];
export declare class Annotations {
    #private;
    /**
     * @param {TaskAnnotations | null} setting
     * @throws {ImproperlyConfigured} for an option that cannot be used, naming the setting, the task and the option
     */
    constructor(setting: TaskAnnotations | null);
    /**
     * @param {string} name of a task
     * @param {Readonly<TaskOptions>} options that it was given
     * @returns {Readonly<TaskOptions>} with its annotations; one that is `null` leaves the option to the app's setting
     * @throws {ImproperlyConfigured} when they do not fit together
     */
    annotate(name: string, options: Readonly<TaskOptions>): Readonly<TaskOptions>;
}
/**
 * The annotations for threads, to which functions cannot be copied: classes of errors become their names, and what only the main
 * thread uses is left out: handlers, and the options of automatic retries.
 *
 * @param {TaskAnnotations | null} setting
 * @returns {TaskAnnotations}
 */
export declare function copyableAnnotations(setting: TaskAnnotations | null): TaskAnnotations;
export {};
