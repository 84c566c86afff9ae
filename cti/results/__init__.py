"""Results of campaigns' calls on their way to other systems: signed, in order, until they were received."""
