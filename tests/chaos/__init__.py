"""The ledger: numbered tasks, injected faults, and the proof that no task is lost. See docs/chaos.md."""
