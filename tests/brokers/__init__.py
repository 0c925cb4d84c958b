"""Suites of the servers that not every team has. `make test-brokers` runs them."""
