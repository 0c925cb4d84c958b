export type Note = {
    /**
     * to renew and to sweep
     */
    begin?: boolean;
    /**
     * that the server answers here
     */
    prove?: boolean;
    /**
     * ranges of deliveries
     */
    hold?: number[];
    /**
     * their hard time limits, 0 for none: of all, or of each
     */
    limitsMs?: number | number[];
    /**
     * ranges of deliveries
     */
    release?: number[];
    /**
     * a new series of the metrics
     */
    series?: import("../figures.js").Series;
    /**
     * that the worker consumes
     */
    queues?: string[];
};
