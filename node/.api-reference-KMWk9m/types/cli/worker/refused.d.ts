/** Options of `celery worker` that a Node worker does not have: refused with the alternative, never ignored. */
/** @satisfies {Record<string, import("../command.js").RefusedOption>} */
export declare const REFUSED: {
    readonly "disable-prefetch": {
        readonly type: "boolean";
        readonly why: "--prefetch-multiplier 1 takes as many messages as there are slots";
    };
    readonly "pool-start-method": {
        readonly type: "string";
        readonly why: "the pools of a Node worker have no processes";
    };
    readonly include: {
        readonly type: "string";
        readonly short: "I";
        readonly why: "the module of the app imports its tasks";
    };
    readonly purge: {
        readonly type: "boolean";
        readonly why: "a worker deletes no messages; `celery purge` does";
    };
    readonly discard: {
        readonly type: "boolean";
        readonly why: "a worker deletes no messages; `celery purge` does";
    };
    readonly detach: {
        readonly type: "boolean";
        readonly short: "D";
        readonly why: "leave it to what starts the worker: systemd, a container, a shell";
    };
    readonly uid: {
        readonly type: "string";
        readonly why: "leave it to what starts the worker: systemd, a container, a shell";
    };
    readonly gid: {
        readonly type: "string";
        readonly why: "leave it to what starts the worker: systemd, a container, a shell";
    };
    readonly umask: {
        readonly type: "string";
        readonly why: "leave it to what starts the worker: systemd, a container, a shell";
    };
    readonly executable: {
        readonly type: "string";
        readonly why: "leave it to what starts the worker: systemd, a container, a shell";
    };
    readonly beat: {
        readonly type: "boolean";
        readonly short: "B";
        readonly why: "a Node worker has no beat in it; run `celery beat` beside it, which sends JavaScript tasks by name";
    };
    readonly schedule: {
        readonly type: "string";
        readonly short: "s";
        readonly why: "a Node worker has no beat in it; run `celery beat` beside it, which sends JavaScript tasks by name";
    };
    readonly "schedule-filename": {
        readonly type: "string";
        readonly why: "a Node worker has no beat in it; run `celery beat` beside it, which sends JavaScript tasks by name";
    };
    readonly scheduler: {
        readonly type: "string";
        readonly why: "a Node worker has no beat in it; run `celery beat` beside it, which sends JavaScript tasks by name";
    };
};
