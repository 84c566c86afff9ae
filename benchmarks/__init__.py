"""Where the performance figures come from: `make bench`, one line of JSON a figure."""
