"""Reading the rules, what is due, past purges and breaches."""
