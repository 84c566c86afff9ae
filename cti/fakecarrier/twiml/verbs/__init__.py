"""One verb a file: what the carrier does when a document says so."""
