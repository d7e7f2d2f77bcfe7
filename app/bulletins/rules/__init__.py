"""Bulletins, rules and hotlines of the province: rules."""
