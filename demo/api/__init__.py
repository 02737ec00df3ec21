"""The HTTP side of the emulator: contract, limits, faults and one handler a resource."""
