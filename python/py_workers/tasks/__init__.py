"""The tasks: one folder per team, one module per subject. Workers import every module in here."""
