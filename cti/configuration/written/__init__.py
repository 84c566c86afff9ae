"""The configuration as people write it: one pydantic model for each kind of entry, mistakes in their words."""
