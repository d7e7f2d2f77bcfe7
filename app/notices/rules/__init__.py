"""What an urgent notice is and what may be done with it."""
