"""The roadshow: investors, where each stands, and what happens with them."""
