"""The steps a flow is made of, one a file."""
