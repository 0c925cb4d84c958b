"""The ledger: numbered tasks under harm, and the proof that none of them is lost. See docs/chaos.md."""
