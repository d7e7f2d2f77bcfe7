"""Risk of infection at work: index sets, assessments of places, and what is to be mended."""
