"""The fetch process: Klaviyo → validated columns → chunks in the spool. It knows nothing of any database."""
