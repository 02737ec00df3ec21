"""Figures and rows → bytes: files that a person takes away."""
