"""Today board, compliance, province overview: read-only counts."""
