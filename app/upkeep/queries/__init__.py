"""Reading what upkeep keeps, and how far a fresh node is."""
