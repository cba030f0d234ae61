"""The parts of a process of one's own, beside those that every process has."""
