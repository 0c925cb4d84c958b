"""One list of what the transports of both languages do with messages."""
