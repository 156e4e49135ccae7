"""The rehearsal room: the local GitHub, the engine that answers on it, and pages for people in a browser.

`people.py` says who can be played; `house.py` owns the sandbox, the engine's runs, the clock and the mail;
`visitor.py` reads and acts on the sandbox as one person; `issue_form.py` and `reading.py` make what GitHub's
pages make of forms and texts; `pages.py` and `serving.py` serve it. Nothing of it leaves this machine.
"""
