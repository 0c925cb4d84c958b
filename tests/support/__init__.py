"""What the spanning tests are made of: a server, workers of both languages, and waiting with a deadline."""
