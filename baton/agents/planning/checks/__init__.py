"""The single checks of a plan: its shape, its order, what flows between its steps, reviews, wanted facts, budget."""
