"""The discussion under an idea, with one level of replies."""
