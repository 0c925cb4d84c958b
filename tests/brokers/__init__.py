"""RabbitMQ for tests: where its server is (`packages.py`), and one that runs (`rabbitmq.py`)."""
