"""How long what is kept of people is kept: purging, deletion, the register of fields, breaches."""
