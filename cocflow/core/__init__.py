"""The pure core: no I/O, no clock, no logging, no environment."""
