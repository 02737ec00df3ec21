"""Forecasts made anew: what they rest on is gathered, fitted by worker processes, and kept in one transaction."""
