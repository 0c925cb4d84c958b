/** Python's ValueError, for what Celery refuses with one: clients of both languages look for its name. */
export declare class ValueError extends RangeError {
}
