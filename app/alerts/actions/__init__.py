"""What is done with the province's notices."""
