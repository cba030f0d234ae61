"""How it is measured: the processes of an installation, their CPU time, histories, and ratios between turns."""
