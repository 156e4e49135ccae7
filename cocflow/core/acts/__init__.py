"""The subjects of the process, one file each."""
