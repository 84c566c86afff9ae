"""Calls that we place to outside numbers. Every one of them passes `compliance`, the one door."""
