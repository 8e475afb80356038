"""What services that serve web pages from a machine of their own share. No blueprint itself."""
