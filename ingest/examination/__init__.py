"""What is looked at to know whether an installation is well, by subject."""
