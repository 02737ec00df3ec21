"""What pages read: each function opens one snapshot, through the scope, and returns plain values."""
