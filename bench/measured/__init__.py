"""What is measured: one small enquiry, written by hand and through our parts: the same steps, the same calls."""
