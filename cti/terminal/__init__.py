"""Desks for people in a terminal: an agent's and a supervisor's. They know the server only through `cti.client`,
or as whoever starts them hands it in."""
