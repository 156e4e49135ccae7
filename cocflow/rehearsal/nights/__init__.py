"""The guided nights: scenarios to play, as data, each with checks of what the player reached."""
