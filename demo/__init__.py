"""A local Klaviyo: a synthetic but lifelike store, an emulator of its API, and the ledger of what is true in it."""
