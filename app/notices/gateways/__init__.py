"""What notices use outside this program."""
