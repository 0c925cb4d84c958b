"""The manifests in deploy/kubernetes, rendered and checked.

`make test` runs this where `make test-deploy` has installed its tools.
"""
