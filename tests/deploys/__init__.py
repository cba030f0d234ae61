"""New code while runs are in flight."""
