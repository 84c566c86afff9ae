"""Pure folds of the journal for people to look at."""
