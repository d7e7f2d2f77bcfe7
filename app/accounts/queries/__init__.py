"""Reading accounts, branches, sessions and tokens."""
