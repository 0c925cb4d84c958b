"""One folder a team, one module a subject: every module below is discovered."""
