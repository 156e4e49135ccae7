"""Guided nights: short stories to play, which look at what has really been reached and at nothing else.

`night.py` says what a night is made of, `facts.py` reads what the engine's cases and the outbox hold,
`checks.py` has what a step may ask of them, `verdict.py` what a committee would say, `nights.py` the five
nights, and `playing.py` one that is being played. A wrong turn is never punished: a check says what is still
missing.
"""
