"""Who did what to whom and who looked at whose health, append-only."""
