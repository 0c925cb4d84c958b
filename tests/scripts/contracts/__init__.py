"""Tests of `make contracts`."""
