"""Taking out of every text what tells who somebody is or how they are."""
