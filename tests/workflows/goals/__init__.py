"""Plans on their way, on real servers."""
