"""What may be done to answers, levels and duties."""
