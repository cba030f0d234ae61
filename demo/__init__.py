"""Stand-in business systems as real servers: order system, CRM and mail, with faults switched on demand."""
