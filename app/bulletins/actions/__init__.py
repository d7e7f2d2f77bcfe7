"""Bulletins, rules and hotlines of the province: actions."""
