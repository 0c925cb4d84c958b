"""`make example`, `make test-example` and `make remove-example`: the application in example/."""
