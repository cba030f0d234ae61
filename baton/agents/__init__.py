"""What an agent knows: the rules behind reading, choosing, proposing and judging. Pure; no I/O, nothing of Temporal."""
