"""Repositories as earlier versions left them, and what an upgrade makes of them."""
