"""Tests of what spans both languages, and of the make targets: python/.venv's pytest, from the root."""
