"""The two signed logs between a park and its province."""
