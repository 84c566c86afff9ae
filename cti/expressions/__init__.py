"""Expressions that people write into the configuration: CEL, over declared names, and bounded."""
