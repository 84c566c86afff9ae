"""Carriers: each adapter turns plans into its carrier's documents, and its carrier's requests into events."""
