"""Many notes become one frozen snapshot."""
