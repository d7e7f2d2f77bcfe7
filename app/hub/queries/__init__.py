"""Questions about what is sent for parks."""
