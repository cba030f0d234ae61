"""The tools that plans use: one class for each outside system or topic, each capability with its PlanCard."""
