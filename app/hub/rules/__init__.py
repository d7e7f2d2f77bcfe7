"""What travels between a park and the province that sends for it, and what it means."""
