"""What stands around every page: sign-in, what is being looked at, the sidebar, and the state shown when it fails."""
