"""People, their rights, and how they come in and go out."""
