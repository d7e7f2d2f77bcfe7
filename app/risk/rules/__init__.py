"""Decisions on the risk index: what a set says, what a place scores, what would mend it."""
