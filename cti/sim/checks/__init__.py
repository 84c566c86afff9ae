"""What must hold in every world, checked after every turn."""
