"""Legs: one endpoint's attachment to a call, and its life."""
