"""The parts of GoalWorkflow, in the order in which a goal goes through them."""
