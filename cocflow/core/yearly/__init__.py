"""A year in numbers: what may be published of it, as a table and as a picture, and nothing of anybody."""
