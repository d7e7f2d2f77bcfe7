"""Keeping what pages of figures need: records of past days, files asked for, digests."""
