"""Is the carrier's account what a configuration needs? Read, compared, said in sentences, and set where it can be."""
