"""A world in which people are called: campaigns, lists of whom not to call, hours that end, a store that is behind."""
