"""What reports are made of: forms and their columns, rows for other systems, what answers mean."""
