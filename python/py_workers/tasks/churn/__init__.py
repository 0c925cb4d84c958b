"""Which customers are going to leave? The Python half of the example application in ``example/``."""
