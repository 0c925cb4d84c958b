"""The tasks of the team ``example``."""
