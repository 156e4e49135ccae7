"""Who is who: the roster, and the people of a case."""
