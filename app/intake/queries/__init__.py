"""Reading what came in."""
