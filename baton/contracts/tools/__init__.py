"""What the tools that plans use take and give, a file for each system or topic."""
