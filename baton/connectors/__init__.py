"""How Baton talks to the systems of a shop: HTTP and SMTP, translated into the contracts' models and faults."""
