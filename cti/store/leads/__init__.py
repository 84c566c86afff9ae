"""Leads in the store: how they come in, where they stand in each campaign, and who is called next."""
