"""What may be done to keep a node: leases, backups."""
