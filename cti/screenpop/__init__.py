"""Who is calling: shown to the agent before the ring."""
