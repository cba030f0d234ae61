"""What starter.py shows: one file per group of commands."""
