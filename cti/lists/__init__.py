"""The big lists of numbers that are not to be called: immutable files that are asked where they lie, and how they are
made out of what registries publish. Which list is in force is decided elsewhere.
"""
