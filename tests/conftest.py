"""What all tests share: properties are judged by what they show, not by the clock."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("cocflow", deadline=None)
settings.load_profile("cocflow")
