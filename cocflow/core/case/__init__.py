"""What a case is: its facts, its receipts, what these have made of it, and the people in it."""
