"""The commands: thin doors to the library."""
