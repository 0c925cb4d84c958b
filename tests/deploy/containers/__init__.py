"""The pods of the overlay `local`, run on a Docker engine: part of `make test-deploy`.

It stands in for a cluster. It shows what the containers do under their pods' settings, not what a scheduler
does.
"""
