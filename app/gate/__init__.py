"""Passes: issued to who is well, revoked, and judged at the gate without any network."""
