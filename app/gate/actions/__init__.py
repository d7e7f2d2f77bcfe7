"""Keys, passes and scans: made, revoked, recorded."""
