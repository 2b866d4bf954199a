"""The roadshow: investors, their status, and interactions with them."""
