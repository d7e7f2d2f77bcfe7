"""Reading the logs, the nodes known, and the figures that summaries are made of."""
