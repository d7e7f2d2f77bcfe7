"""Reports that leave An Ca: daily forms, and rows for other systems, out of the summaries."""
