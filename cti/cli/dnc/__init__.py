"""`cti dnc`: the lists of whom not to call, ours and those of registries."""
