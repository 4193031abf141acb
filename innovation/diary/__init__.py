"""The public diary of moderation, and how an author appeals to another moderator."""
