"""The programs behind `make`: set-up, the demo, the workers, the checks.

Set-up uses only the standard library.
"""
