"""Measurements outside pytest: what our parts cost, and what a run survives."""
