/** Python's ValueError, thrown where Celery raises one: clients of both languages look for its name. */
export class ValueError extends RangeError {}
