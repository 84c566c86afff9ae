"""While somebody talks: hold, transfer, consultation, conference, supervision, recording, and how it all ends."""
