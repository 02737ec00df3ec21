"""The outside world → spool → tables."""
