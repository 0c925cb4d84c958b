export type Issue = {
    readonly message: string;
    readonly path?: readonly (PropertyKey | {
        readonly key: PropertyKey;
    })[];
};
export type Outcome = {
    readonly value: unknown;
    readonly issues?: undefined;
} | {
    readonly issues: readonly Issue[];
};
export type StandardSchema = {
    readonly "~standard": {
        readonly vendor: string;
        readonly validate: (value: unknown) => Outcome | Promise<Outcome>;
    };
};
export type TaskSchema = {
    /**
     * by the parameter's name; of a rest parameter, of each argument
     */
    params?: Readonly<Record<string, StandardSchema>>;
    /**
     * for the catalogue of contracts; what the task returns is not checked
     */
    result?: StandardSchema;
    /**
     * the meta of the state PROGRESS, for the catalogue of contracts
     */
    progress?: StandardSchema;
};
export type Parameters = import("./parameters.js").Parameters;
/** @param {unknown} value @returns {boolean} */
export declare function isTaskSchema(value: unknown): boolean;
/**
 * @param {TaskSchema | null | undefined} schema
 * @param {Parameters} parameters
 * @param {string} taskName
 * @throws {ImproperlyConfigured} when it names a parameter that the task does not have
 */
export declare function checkSchemaNames(schema: TaskSchema | null | undefined, { owners, surplus, rest }: Parameters, taskName: string): void;
/**
 * Checks bound arguments; a schema's output (defaults, transformations) takes the argument's place.
 *
 * @param {TaskSchema} schema
 * @param {Parameters} parameters
 * @param {readonly unknown[]} bound the arguments of the call, without `self`
 * @param {string} taskName
 * @returns {readonly unknown[] | Promise<readonly unknown[]>} a promise if a schema is asynchronous
 * @throws {TypeError} which names the parameter
 */
export declare function validateArguments({ params }: TaskSchema, parameters: Parameters, bound: readonly unknown[], taskName: string): readonly unknown[] | Promise<readonly unknown[]>;
