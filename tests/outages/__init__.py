"""Outages of the server, one after the other, and what they cost workers and clients: `make outages`."""
