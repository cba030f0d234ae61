"""Models behind the same contracts: asked over real HTTP, of a server whose answers are scripted."""
