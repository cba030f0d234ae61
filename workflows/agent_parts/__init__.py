"""The parts of an agent with tools: where it asks people."""
