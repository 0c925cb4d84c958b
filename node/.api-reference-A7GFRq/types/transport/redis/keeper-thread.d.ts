export type Note = {
    /**
     * to renew and to sweep
     */
    begin?: boolean;
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
};
