"""The parts of bench.answers, which tests use as well: cases, an order system of one file, teams, judging."""
