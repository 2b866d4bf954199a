"""What people are told of what concerns them."""
