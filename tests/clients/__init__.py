"""The client packages: generated for signatures of every kind, installed, and called."""
