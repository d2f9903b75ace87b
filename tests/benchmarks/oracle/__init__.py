"""What the oracle's files hold and what Prismake computes for each of them, section by section."""
