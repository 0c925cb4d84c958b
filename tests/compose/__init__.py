"""The containers, on a real Docker engine: `make test-compose`. Not a part of `make test`."""
