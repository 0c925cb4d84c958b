"""Flower's pages in a browser: `make test-flower`."""
