"""The team: one class per agent and per outside system, each with its capabilities' cards."""
