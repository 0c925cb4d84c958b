"""Runs slices of the tests with other Pythons, Nodes, Celerys and servers: `make test-versions`."""
