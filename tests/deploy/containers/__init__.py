"""The pods of the overlay `local`, run on a Docker engine with their own settings: part of `make test-deploy`.

It stands in for a cluster: it shows what the containers do under the pods' settings, not what a scheduler does.
"""
