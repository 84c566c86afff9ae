"""What programs and pages talk to: sockets for agents and supervisors, and a word about the server's health."""
