"""Input that nobody expects: every reader of strangers' words, with whatever can be typed."""
