"""Types the commands of readers into a copy of this repository."""
