"""Requests from the carrier to the server: signed, repeated, delayed, lost."""
