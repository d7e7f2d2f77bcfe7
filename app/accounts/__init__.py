"""Sign-in, roles and what each may do; branches of the park."""
