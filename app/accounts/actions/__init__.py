"""Writing accounts, branches, roles, secrets, sessions and tokens."""
