"""What is held of a person: found, told, erased, and kept away from then on."""
