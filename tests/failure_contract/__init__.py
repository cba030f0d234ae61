"""The tests that docs/failure-contract.md names and that stand in no other room."""
