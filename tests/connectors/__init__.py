"""The connectors on trial against real servers."""
