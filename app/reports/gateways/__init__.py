"""The column sets on disk, and the other system over HTTP."""
