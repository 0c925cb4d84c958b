"""Tests of the make targets."""
