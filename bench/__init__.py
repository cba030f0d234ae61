"""Trials outside the tests: what is measured, and what is broken on purpose. Nothing of the product imports this."""
