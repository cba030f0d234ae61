"""Processes: deterministic code that sequences the steps of agents, tools and people."""
