"""What each audience may know, one file each."""
