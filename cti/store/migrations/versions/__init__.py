"""One file a revision, numbered with four digits. Customers are facts: a new revision must keep every one of them."""
