/** The types of what workflows are made of. */
export type AnyResult = import("../app/result.js").AnyResult;
export type AnySignature = import("./signature.js").Signature<unknown, AnyResult | null>;
export type UntypedSignature = import("./signature.js").Signature<any, any>;
export type ResultOf<R> = 0 extends 1 & R ? any : import("../app/result.js").AsyncResult<R>;
export type EndingWith<S> = [S] extends [never] ? AnySignature : S extends import("./group.js").Group<infer R> ? import("./signature.js").Signature<R | R[], import("../app/result.js").AsyncResult<R> | import("../app/group-result.js").GroupResult<R>> : S extends import("./signature.js").Signature<infer R, infer A extends AnyResult | null> ? import("./signature.js").Signature<R, A> : never;
export type ElementOf<S> = S extends import("./group.js").Group<infer R> ? R : S extends import("./signature.js").Signature<infer R, infer _ extends AnyResult | null> ? R : never;
export type SignatureData = {
    task: string;
    args: unknown[];
    kwargs: Record<string, unknown>;
    /**
     * with snake_case names
     */
    options: Record<string, unknown>;
    subtask_type: string | null;
    /**
     * true takes no further arguments
     */
    immutable: boolean;
};
export type Place = {
    /**
     * of the task, where it has none yet; default a new UUID
     */
    id?: string | null;
    groupId?: string | null;
    /**
     * the body of the chord that the task is a part of
     */
    chord?: AnySignature | SignatureData | null;
    rootId?: string | null;
    parentId?: string | null;
    groupIndex?: number | null;
};
export type Call = {
    args: unknown[];
    kwargs: Record<string, unknown>;
    options: import("../tasks/send-options.js").SendOptions;
};
export {};
