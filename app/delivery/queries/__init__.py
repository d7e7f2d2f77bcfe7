"""Reading what was sent, over which channels, to which addresses, and what came back."""
