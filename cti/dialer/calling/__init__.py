"""The calling rules: may this number be rung now, by which rule not, and when next."""
