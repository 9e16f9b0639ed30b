"""The site: what pages there are, what they show, and writing them."""
