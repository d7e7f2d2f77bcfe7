"""What an urgent notice of the province is, whom it is for, and what parks tell of it."""
