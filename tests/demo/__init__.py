"""The stand-in systems on trial."""
