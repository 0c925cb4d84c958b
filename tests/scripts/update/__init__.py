"""`make update`."""
