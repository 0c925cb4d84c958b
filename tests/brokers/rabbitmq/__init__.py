"""RabbitMQ for tests: its server (`packages.py`, `server.py`), and what both kinds of worker do on it."""
