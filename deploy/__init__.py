"""What `start.py` does besides starting: a service, a release. Standard library only."""
