"""Tools of MCP servers, with a public server from the package index."""
