"""Reading workers, their groups, and who works when."""
