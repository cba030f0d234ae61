"""The parts of the chaos trial, one idea a file."""
