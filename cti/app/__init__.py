"""The composition root: settings in, a running worker or follower out. Nothing imports it but the command line, each
role on its own: the follower starts without what only the worker needs."""
