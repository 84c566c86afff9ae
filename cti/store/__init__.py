"""What people ask for and the calls do not wait for: customers, and what became of each contact.

One process writes it, on one connection: the follower. Everybody else reads.
"""
