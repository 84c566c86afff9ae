"""Where customers are looked up by number: in the site's own store, or in somebody else's system."""
