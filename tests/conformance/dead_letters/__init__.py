"""The tool for dead letters, of both languages."""
