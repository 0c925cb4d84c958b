"""Compilers, bundlers and runtimes that users have; `make test-toolchains`."""
