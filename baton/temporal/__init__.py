"""Everything about Temporal that is not the business: server, connection, converter, interceptors, attributes."""
