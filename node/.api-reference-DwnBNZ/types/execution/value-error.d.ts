/** Python's ValueError, thrown where Celery raises one: clients of both languages look for its name. */
export declare class ValueError extends RangeError {
}
