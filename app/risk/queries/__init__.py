"""Reading index sets, assessments and what is to be mended."""
