"""Klaviyo's API: the client, its limits, its errors and the form of its answers."""
