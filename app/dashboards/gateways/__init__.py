"""Files of figures, for Excel and other programs."""
