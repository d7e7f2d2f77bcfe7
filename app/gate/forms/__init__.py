"""What gates and the pages of kiosks hand in, parsed and checked."""
