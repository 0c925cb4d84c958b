"""What stands behind `make`: set-up, the demo, the running workers, the checks. Standard library only."""
