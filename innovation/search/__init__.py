"""Finding ideas by Finnish words; the index is a copy that may be thrown away."""
