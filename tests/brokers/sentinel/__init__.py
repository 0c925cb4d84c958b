"""Redis Sentinel under workers and clients of both languages. `make test-brokers` runs this folder."""
