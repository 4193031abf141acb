"""What those who run an installation look at: is it well, how busy is it, what should be mended."""
