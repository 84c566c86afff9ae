"""`cti campaign`: campaigns that the server dials."""
