"""`cti campaign watch`: campaigns as they dial, in a terminal."""
