"""One file a revision, numbered with four digits. A new one must leave every journal in the field readable."""
