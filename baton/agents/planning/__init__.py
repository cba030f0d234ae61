"""From a goal to a plan that is proved before it runs. Pure; no I/O, nothing of Temporal."""
