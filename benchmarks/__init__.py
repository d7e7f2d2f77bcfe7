"""Figures of this program beside the floors of the same machine: `python -m benchmarks`."""
