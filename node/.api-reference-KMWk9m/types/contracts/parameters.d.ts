export type Kind = "positional_only" | "positional_or_keyword" | "var_positional" | "keyword_only" | "var_keyword";
export type TaskParameter = {
    name: string;
    kind: Kind;
    required: boolean;
    /**
     * its default, where the source shows it
     */
    fallback: {
        value: unknown;
    } | null;
    /**
     * of the function's parameter, `self` not counted
     */
    index: number;
    /**
     * of the object pattern that this parameter is part of
     */
    key: string | null;
};
/**
 * @param {import("../tasks/discover.js").DiscoveredTask} task
 * @returns {TaskParameter[]} in the order of a Python signature
 * @throws `ImproperlyConfigured` when the parameters cannot be read
 */
export declare function taskParameters({ name, fn, options }: import("../tasks/discover.js").DiscoveredTask): TaskParameter[];
