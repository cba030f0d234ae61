"""How runs, reviews and records look in a terminal."""
