"""Pages of daily checks."""
